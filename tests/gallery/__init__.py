"""Every state of every page, looked at without touches: pictures for people, findings for the tests. `states.py` is the table."""
