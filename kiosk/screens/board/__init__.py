"""The board in the waiting hall: a process and a window of its own, which only reads the store. What it writes is in STATE/run, but for
which urgent notices have broken in (`memory`).

`player` decides with kiosk.domain.playlist what stands and watches the store, on a thread; `scene` puts it into words; `view` draws, with
the pieces of `parts` and board.kv, what `fitting` laid into the columns of `sizes`; `board` ties them to Kivy's loop; `app` starts.

Kivy's clock is the interrupting one: the loop wakes four times a second by itself and at once for what is due, so that a standing page
costs about one percent of a core. STATE/run/board.json tells what stands: numbers, ids, highlight and its url, fresh (the 新 strip's),
turn, until, state, age of the data. With KIOSK_BOARD_PROBE the texts on the screen can be asked for (kiosk.screens.probe).
"""
