# Where the nightly copies go: a second disk or a stick, which is mounted by its UUID whenever it is there, or a folder on what somebody has
# mounted himself. No file system is ever made. Sourced by install.sh after lib.sh.
FSTAB=/etc/fstab
BACKUP_AT=/media/kiosk-backup

# backup_disks: what may be chosen, a line each, its UUID first; not what this program is being installed from
backup_disks() {
  local away=() place
  for place in "$FROM" "$PWD" "${GIVEN[wheels]:-$PWD}"; do away+=("$(findmnt -n -o TARGET -T "$place" || true)"); done
  lsblk -J -b -o NAME,UUID,LABEL,FSTYPE,SIZE,RO,MOUNTPOINTS 2>>"$LOG" | python3 deploy/disks.py "${away[@]}" 2>>"$LOG" || true
}

# backup_line UUID KIND: the disk's line in fstab. It is mounted whenever it is plugged in, and nobody waits for it.
backup_line() {
  local kind=$2 options device
  device=$(systemd-escape -p --suffix=device "/dev/disk/by-uuid/$1")
  options=nofail,noatime,nosuid,nodev,noexec,x-systemd.wanted-by=$device
  case $kind in
    vfat|exfat|ntfs) options=$options,uid=$(id -u kiosk),gid=$(id -g kiosk),umask=077 ;;
  esac
  # what writes ntfs in the kernel is called otherwise
  printf 'UUID=%s %s %s %s 0 0\n' "$1" "$BACKUP_AT" "${kind/#ntfs/ntfs3}" "$options"
}

# backup_fstab [LINE]: have fstab hold this line for our place, or none
backup_fstab() {
  local new
  new=$(mktemp)
  { grep -vE "^[^#[:space:]]+[[:space:]]+$BACKUP_AT[[:space:]]" "$FSTAB" || true; } >"$new" 2>/dev/null
  [ -z "${1:-}" ] || printf '%s\n' "$1" >>"$new"
  if ! cmp -s "$new" "$FSTAB" && { [ -e "$FSTAB" ] || [ -s "$new" ]; }; then
    install -m 0644 "$new" "$FSTAB.new"
    mv "$FSTAB.new" "$FSTAB"
    CHANGED=1
    ! running || systemctl daemon-reload
  fi
  rm -f "$new"
}

# backup_release: our place is nobody's
backup_release() {
  backup_fstab
  ! mountpoint -q "$BACKUP_AT" || umount "$BACKUP_AT" 2>/dev/null || true
  rmdir "$BACKUP_AT" 2>/dev/null || true
}

# backup_place ANSWER: sets FOLDER to where the copies go, empty for nowhere; 1 where what was answered cannot be had
backup_place() {
  local answer=$1 uuid kind
  FOLDER=
  case $answer in
    none) backup_release; return ;;
    /dev/*) uuid=$(blkid -o value -s UUID "$answer" || true) ;;
    /media/?*|/mnt/?*)
      [ -d "$answer" ] || { say "备份的文件夹没有找到，要先建好：$answer"; return 1; }
      backup_release
      FOLDER=$answer
      return ;;
    /*) say "备份的文件夹要在 /media 或者 /mnt 下面，程序只能写那里：$answer"; return 1 ;;
    *) uuid=$answer ;;
  esac
  kind=$([ -z "$uuid" ] || blkid -o value -s TYPE "$(blkid -U "$uuid" || echo /dev/null)" 2>/dev/null || true)
  if [ -z "$uuid" ] || [ -z "$kind" ]; then
    # a disk that was answered once, and is not plugged in now, is not given up
    if [ -n "$uuid" ] && grep -qsE "^UUID=$uuid[[:space:]]+$BACKUP_AT[[:space:]]" "$FSTAB"; then FOLDER=$BACKUP_AT/kiosk; return; fi
    say "备份盘没有找到，或者上面没有文件系统：$answer"
    return 1
  fi
  backup_fstab "$(backup_line "$uuid" "$kind")"
  mkdir -p "$BACKUP_AT"
  if [ "$(findmnt -n -o UUID "$BACKUP_AT" || true)" != "$uuid" ]; then
    ! mountpoint -q "$BACKUP_AT" || umount "$BACKUP_AT" 2>>"$LOG" || true
    if ! mount "$BACKUP_AT" 2>>"$LOG"; then
      backup_release
      say "备份盘挂不上：$answer。换一块盘，或者先在别的电脑上看看它好不好。详细记录：$LOG"
      return 1
    fi
  fi
  case $kind in
    vfat|exfat|ntfs) mkdir -p "$BACKUP_AT/kiosk" ;;
    # of another machine, perhaps, where kiosk had another number
    *) install -d -o kiosk -g kiosk -m 0700 "$BACKUP_AT/kiosk" && chown -R kiosk:kiosk "$BACKUP_AT/kiosk" ;;
  esac
  FOLDER=$BACKUP_AT/kiosk
}
