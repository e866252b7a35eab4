"""The gig-worker stations' terminal, board and agent, and the county's side."""

VERSION = "0.1.0"
