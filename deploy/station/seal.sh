# The store's key in the machine's own chip (TPM 2): then the disk alone opens nothing. Without a chip nothing is sealed: what would open the
# key again would lie on the same disk. Sourced by install.sh after lib.sh.
KEY=/var/lib/kiosk/station.key
SEALED=/etc/credstore.encrypted/station.key
OPENS="kiosk-prepare kiosk-terminal kiosk-board kiosk-agent kiosk-try"
UNIT_FILES=/etc/systemd/system
TRY_FILES=/run/systemd/system

has_chip() { command -v systemd-creds >/dev/null && systemd-creds has-tpm2 --quiet >/dev/null 2>&1; }

# fits FILE: whether a service gets the same key out of FILE as lies in the open
fits() {
  local unit=kiosk-key-try status=0
  printf '[Service]\nType=oneshot\nLoadCredentialEncrypted=station.key:%s\nExecStart=/usr/bin/cmp %%d/station.key %s\n' "$1" "$KEY" >"$TRY_FILES/$unit.service"
  { systemctl daemon-reload && systemctl start "$unit"; } 2>>"$LOG" || status=1
  rm -f "$TRY_FILES/$unit.service"
  systemctl daemon-reload
  return $status
}

# seal: have the chip keep the key. The file goes only after a service has got the same key from the chip.
seal() {
  local unit
  if [ -e "$KEY" ]; then
    install -d -m 0700 "$(dirname "$SEALED")"
    # bound to this chip and to nothing else: a new BIOS must not lock the station out
    if ! systemd-creds encrypt --with-key=tpm2 --tpm2-pcrs= --name=station.key "$KEY" "$SEALED.new" 2>>"$LOG" || ! fits "$SEALED.new"; then
      rm -f "$SEALED.new"
      say "密钥没有封进安全芯片，还在原来的文件里，站里照常用。详细记录：$LOG"
      return 1
    fi
    sync "$SEALED.new"
    mv "$SEALED.new" "$SEALED"
    CHANGED=1
  fi
  [ -e "$SEALED" ] || return 1
  for unit in $OPENS; do
    put <(printf '[Service]\nLoadCredentialEncrypted=station.key:%s\n' "$SEALED") "$UNIT_FILES/$unit.service.d/key.conf"
  done
  sync "$(dirname "$SEALED")"
  [ ! -e "$KEY" ] || shred -u "$KEY"
}

# unseal: have the key in its file again, from the chip, or from the paper in the safe where the chip does not know it
unseal() {
  local unit code
  if [ ! -e "$KEY" ] && [ -e "$SEALED" ]; then
    if ! (umask 077 && systemd-creds decrypt --name=station.key "$SEALED" "$KEY.new" 2>>"$LOG"); then
      say "这台机器的芯片打不开封好的密钥：换过主板，或者清过芯片。请照纸上打恢复码（14 组，每组 4 个）："
      read -r code || code=
      if ! (umask 077 && cd "$TOP/current" && printf '%s\n' "$code" | .venv/bin/python -B -c 'import sys; from kiosk.domain.recovery_code import read; print(read(sys.stdin.readline()))' >"$KEY.new" 2>>"$LOG"); then
        rm -f "$KEY.new"
        say "恢复码不对，什么都没有动。再运行一次。"
        return 1
      fi
    fi
    chown kiosk:kiosk "$KEY.new"
    chmod 0600 "$KEY.new"
    sync "$KEY.new"
    mv "$KEY.new" "$KEY"
    CHANGED=1
  fi
  for unit in $OPENS; do rm -f "$UNIT_FILES/$unit.service.d/key.conf"; done
  rm -f "$SEALED"
}
