"""The `kiosk` command: parses and dispatches, nothing else."""

import argparse
import sys
from pathlib import Path

from kiosk.config import load
from kiosk.errors import BadInput, KioskError
from kiosk.text import t


def main(arguments: list[str] | None = None) -> int:
    """Run one of the product's processes or tools; give the exit status."""
    parser = argparse.ArgumentParser(prog="kiosk")
    parser.add_argument("--state", type=Path, default=Path("/var/lib/kiosk"), help="the state folder")
    commands = parser.add_subparsers(dest="command", required=True)
    prepare = commands.add_parser("prepare", help="make or upgrade the station's store")
    prepare.add_argument("--try", action="store_true", dest="on_copy", help="upgrade a copy of it and throw that away")
    commands.add_parser("terminal", help="the visitors' touch screen")
    board = commands.add_parser("board", help="the screen in the waiting hall")
    board.add_argument(
        "--snapshot", type=Path, metavar="FILE", help="write what the running board shows to a .jpg or .png; say what stands"
    )
    commands.add_parser("ask-staff", help="what the terminal shows when it cannot start")
    commands.add_parser("ground", help="lay what both screens show while nothing else does under all windows")
    display = commands.add_parser("display", help="keep the display server, and tell systemd whether it answers")
    display.add_argument("name", metavar=":N")
    display.add_argument("words", nargs="*", metavar="WORD", help="passed on to Xorg")
    commands.add_parser("agent", help="sync, print spool, health")
    county = commands.add_parser("county", help="the county's hub and its tools; `county --help` lists them")
    county.add_argument("words", nargs=argparse.REMAINDER)
    enrol = commands.add_parser("enrol", help="enrol this station with the line that the county gave: code, address, mark")
    enrol.add_argument("words", nargs="+", metavar="WORD")
    backup = commands.add_parser("backup", help="copy the store at work into the folder that settings name")
    backup.add_argument("--to", type=Path, metavar="DIR", help="into this folder instead")
    backup.add_argument("--code", action="store_true", help="show the recovery code, to be written down and locked away; copy nothing")
    restore = commands.add_parser("restore", help="put a backup in the store's place; what the old store has newer stays")
    source = restore.add_mutually_exclusive_group(required=True)
    source.add_argument("file", type=Path, metavar="FILE", nargs="?")
    source.add_argument("--from-county", action="store_true", help="fetch the backup that the county has of this station")
    review = commands.add_parser("review", help="check texts by the rules for listings, one JSON line a file")
    review.add_argument("files", nargs="+", metavar="FILE")
    doctor = commands.add_parser("doctor", help="look whether the station is well; status 1 when something is wrong")
    doctor.add_argument(
        "--printer", action="store_true", help="only the printer, and try whether it reports slips by number; may waste some paper"
    )
    doctor.add_argument("--lines", action="store_true", help="one JSON line a finding")
    doctor.add_argument("--bundle", type=Path, metavar="FILE.zip", help="write what support needs into a file; nobody's name is in it")
    page = commands.add_parser("print", help="print the test page and say how it ended; status 1 when it did not come out")
    page.add_argument("--test", action="store_true", required=True, help="the test page: the one thing that is printed by hand")
    page.add_argument("--to", type=Path, metavar="FILE.png", help="draw it into a file instead; needs no printer")
    page.add_argument("--paper", type=int, choices=(58, 80), help="width in mm for --to, else what settings say")
    release = commands.add_parser("release", help="make a signing key, or a signed release of this program; `release --help` lists them")
    release.add_argument("words", nargs=argparse.REMAINDER)
    update = commands.add_parser("update", help="root's part of an update: systemd runs it")
    update.add_argument("--top", type=Path, default=Path("/opt/kiosk"), help="where releases lie")
    update.add_argument("--settle", action="store_true", help="only go back from an update that was broken off")
    run = commands.add_parser("run", help="start everything for a trial")
    run.add_argument("--tour", type=Path, metavar="DIR", help="play a visitor's journey and leave pictures in DIR")
    ads = commands.add_parser("parse-ads", help="find the ads in files of pasted chat text; one JSON line a file")
    ads.add_argument("files", type=Path, nargs="+", metavar="FILE")
    options = parser.parse_args(arguments)
    if options.command == "print" and options.paper and not options.to:
        parser.error("--paper goes with --to: the printer's own is in settings")
    try:
        return _dispatch(options)
    except BadInput as error:
        print(t(error.key, **error.words), file=sys.stderr)
        return 1
    except KioskError as error:
        print(f"kiosk {options.command}: {error.__class__.__name__}: {error}", file=sys.stderr)
        return 1


def _dispatch(options: argparse.Namespace) -> int:
    if options.command == "review":  # needs neither settings nor a store
        from kiosk.bootstrap import review

        return review(options.files)
    if options.command == "parse-ads":
        from kiosk.services.ad_files import print_ads

        return print_ads(options.files, sys.stdout, sys.stderr)
    if options.command == "display":
        from kiosk.screens.x_keeper import keep

        return keep(options.name, options.words)
    if options.command == "release":
        from kiosk.bootstrap import release

        return release(options.words)
    if options.command == "update":  # settings are not root's to believe
        from kiosk.bootstrap import update

        return update(options.top, options.state, settle=options.settle)
    settings = load(options.state)
    match options.command:
        case "prepare" if options.on_copy:
            from kiosk.bootstrap import try_prepare

            return try_prepare(settings)
        case "prepare":
            from kiosk.bootstrap import prepare

            prepare(settings)
        case "terminal":
            from kiosk.screens.app import run_terminal

            return run_terminal(settings)
        case "board" if options.snapshot:
            from kiosk.bootstrap import station_clock
            from kiosk.services.board_seen import snapshot

            print(snapshot(settings.state_dir / "run", options.snapshot, station_clock(settings)()))
        case "board":
            from kiosk.screens.board.app import run_board

            return run_board(settings)
        case "ask-staff":
            from kiosk.screens.ask_staff import show

            return show(settings)
        case "ground":
            from kiosk.screens.ground import lay

            return lay(settings)
        case "agent":
            from kiosk.agent.loop import run_agent

            return run_agent(settings)
        case "county":
            from kiosk.bootstrap import run_county

            return run_county(settings, options.words)
        case "enrol":
            from kiosk.bootstrap import enrol

            enrol(settings, options.words)
            print(t("enrolling.done"))
        case "backup":
            from kiosk.safety import back_up_by_hand, show_code

            return show_code(settings) if options.code else back_up_by_hand(settings, options.to)
        case "restore":
            from kiosk.safety import restore_by_hand, restore_from_county

            return restore_from_county(settings) if options.from_county else restore_by_hand(settings, options.file)
        case "doctor":
            from kiosk import checkup

            if options.bundle:
                return checkup.write_bundle(settings, options.bundle)
            return checkup.run_doctor(settings, printer_only=options.printer, plain=options.lines)
        case "print":
            from kiosk.bootstrap import print_test

            return print_test(settings, options.to, options.paper)
        case "run" if options.tour:
            from kiosk.trial.tour import play

            return play(options.state, options.tour)
        case "run":
            from kiosk.trial.supervise import run

            return run(options.state)
    return 0


if __name__ == "__main__":
    sys.exit(main())
