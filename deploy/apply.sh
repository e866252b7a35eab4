#!/usr/bin/env bash
# apply.sh [TOP]: have the system hold what this release brings. Run by the update as root once TOP/current points here; starts nothing.
. "$(dirname "$0")/lib.sh"
. deploy/station/system.sh
TOP=${1:-/opt/kiosk}
state /var/lib/kiosk /var/log/kiosk-install.log
BOARD=none
. "$ANSWERS"
system
enabled
! running || systemctl daemon-reload
