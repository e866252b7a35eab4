# What the system holds of a release: units, settings, what is made once of fonts and dictionary. Sourced after lib.sh, by the installer and by
# the update, which runs apply.sh of the release that comes, or comes back.
UNITS="kiosk-prepare kiosk-display kiosk-terminal kiosk-board kiosk-agent kiosk-help kiosk-ground kiosk-try"
ROOTS="kiosk-update kiosk-settle"
ANSWERS=/etc/kiosk/answers

system() {
  local unit
  install -d -m 0755 /etc/kiosk
  put deploy/station/kiosk.tmpfiles /etc/tmpfiles.d/kiosk.conf
  ! command -v systemd-tmpfiles >/dev/null || systemd-tmpfiles --create /etc/tmpfiles.d/kiosk.conf
  AS="setpriv --reuid=kiosk --regid=kiosk --clear-groups env HOME=$STATE PYTHONDONTWRITEBYTECODE=1"
  VENV=$TOP/current/.venv
  once /etc/kiosk/faces kiosk/screens/fonts.py requirements.lock -- in_program faces
  once /etc/kiosk/dictionary kiosk/devices/pinyin.py -- in_program dictionary
  put deploy/station/kiosk.target /etc/systemd/system/kiosk.target
  for unit in $UNITS; do
    put "deploy/station/$unit.service" "/etc/systemd/system/$unit.service"
    put deploy/locked.conf "/etc/systemd/system/$unit.service.d/locked.conf"
  done
  for unit in $ROOTS; do put "deploy/station/$unit.service" "/etc/systemd/system/$unit.service"; done
  put deploy/station/kiosk-update.path /etc/systemd/system/kiosk-update.path
  put deploy/station/journald.conf /etc/systemd/journald.conf.d/kiosk.conf
  put deploy/station/logind.conf /etc/systemd/logind.conf.d/kiosk.conf
  put deploy/station/sysctl.conf /etc/sysctl.d/90-kiosk.conf
  put deploy/station/udev.rules /etc/udev/rules.d/90-kiosk.rules
  put deploy/station/kiosk-command /usr/local/bin/kiosk 755
  # by whose signature the next release is taken: a release brings it along
  [ ! -e deploy/release.pub ] || put deploy/release.pub /etc/kiosk/release.pub
}

# enabled: what starts with the system; BOARD is an answer
enabled() {
  systemctl enable -q kiosk.target kiosk-prepare kiosk-display kiosk-terminal kiosk-agent kiosk-settle kiosk-update.path
  if [ "$BOARD" = none ]; then systemctl disable -q kiosk-board; else systemctl enable -q kiosk-board; fi
}
