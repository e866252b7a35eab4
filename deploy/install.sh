#!/usr/bin/env bash
# install.sh [OPTION…]: make a station of a fresh Debian 12 (x86-64 or ARM64). A second run keeps what was answered and changes only
# what differs. Without a terminal, or with --yes, nothing is asked: options and what can be found out decide.
#   --terminal OUTPUT[=WIDTHxHEIGHT]   the visitors' touch screen (HDMI-1=1920x1080)
#   --board OUTPUT[=WIDTHxHEIGHT]|none the screen in the hall
#   --terminal-turn, --board-turn normal|left|right|inverted
#   --board-inches N    the board's diagonal as it was sold, for how large its words are; else what the screen says of itself
#   --touch NAME        the touch device, where there are several
#   --backup UUID|DEVICE|FOLDER|none   the second disk or stick for the nightly copies; it is mounted by its UUID and never formatted
#   --printer URI  --scanner URI  --desk ADDRESS:PORT  --speaker espeak|silent   (docs/安装.md)
#   --enrol 'LINE'      the county's line: code, address, mark
#   --release-key KEY   by whose signature new releases are taken from the county, where the program does not bring it along
#   --wheels DIR        Python packages from a folder: no network is needed for them
#   --to DIR            where the program stands, instead of /opt/kiosk
#   --seal yes|no       the database key in the machine's chip (TPM 2); --unseal puts it back into its file
#   --yes  --ask        ask nothing; ask everything again
#   --remove [--with-state]   take the station off this machine; its data stays unless told otherwise
. "$(dirname "$0")/lib.sh"
. deploy/station/system.sh
. deploy/station/backup.sh
. deploy/station/seal.sh
TOP=/opt/kiosk
declare -A GIVEN=()
ASKING=$([ -t 0 ] && echo some || echo none) REMOVE='' WITH_STATE='' UNSEAL='' PIP=()

while [ $# -gt 0 ]; do
  case $1 in
    --yes) ASKING=none ;;
    --ask) ASKING=all ;;
    --remove) REMOVE=1 ;;
    --with-state) WITH_STATE=1 ;;
    --unseal) UNSEAL=1 ;;
    --terminal|--board|--terminal-turn|--board-turn|--board-inches|--touch|--backup|--printer|--scanner|--desk|--speaker|--enrol|--wheels|--to|--release-key|--seal)
      [ $# -ge 2 ] || { say "$1 后面少了内容。"; exit 2; }
      GIVEN[${1#--}]=$2
      shift ;;
    *) say "不认识 $1。"; sed -n '2,/^\. /{/^#/s/^# \{0,1\}//p}' "$0" >&2; exit 2 ;;
  esac
  shift
done
[ "$(id -u)" = 0 ] || { say "安装需要管理员身份：sudo $0"; exit 1; }
TOP=$(realpath -m -- "$(cd "$FROM" && realpath -m -- "${GIVEN[to]:-$TOP}")")
[ -z "${GIVEN[wheels]:-}" ] || PIP=(--no-index -f "$(cd "$FROM" && realpath -- "${GIVEN[wheels]}")")

LOG=/var/log/kiosk-install.log

remove() {
  # without its key the data that stays would be nobody's
  [ -n "$WITH_STATE" ] || unseal || exit 1
  running && systemctl stop kiosk.target 2>/dev/null || true
  systemctl stop kiosk-update.path kiosk-update.service 2>/dev/null || true
  systemctl disable -q kiosk.target kiosk-update.path kiosk-settle $UNITS 2>/dev/null || true
  local unit
  for unit in $UNITS $ROOTS; do rm -rf "/etc/systemd/system/$unit.service" "/etc/systemd/system/$unit.service.d"; done
  rm -f /etc/systemd/system/kiosk.target /etc/systemd/system/kiosk-update.path /etc/tmpfiles.d/kiosk.conf /etc/sysctl.d/90-kiosk.conf /etc/udev/rules.d/90-kiosk.rules \
    /etc/systemd/journald.conf.d/kiosk.conf /etc/systemd/logind.conf.d/kiosk.conf /etc/X11/xorg.conf.d/90-kiosk.conf /usr/local/bin/kiosk
  systemctl unmask -q ctrl-alt-del.target getty@tty1.service 2>/dev/null || true
  rm -rf "$TOP" /run/kiosk /etc/kiosk
  backup_release
  running && systemctl daemon-reload || true
  userdel kiosk-display 2>/dev/null || true
  if [ -n "$WITH_STATE" ]; then
    rm -rf /var/lib/kiosk "$SEALED"
    userdel kiosk 2>/dev/null || true
    say "程序和数据都删掉了。"
  else
    say "程序删掉了，站里的数据还在 /var/lib/kiosk，再装一次就接着用。数据也要删：$0 --remove --with-state"
  fi
}

if [ -n "$UNSEAL" ]; then
  unseal
  [ ! -e "$ANSWERS" ] || sed -i 's/^SEAL=.*/SEAL=no/' "$ANSWERS"
  if running; then systemctl daemon-reload && systemctl restart kiosk.target; fi
  say "密钥在文件里：$KEY"
  exit
fi
if [ -n "$REMOVE" ]; then
  remove
  exit
fi

grep -qs '^VERSION_ID="12"' /etc/os-release && grep -qs '^ID=debian' /etc/os-release || say "这不是 Debian 12，没有在这上面试过。"
case $(uname -m) in x86_64|aarch64) ;; *) say "处理器要 64 位的 x86 或者 ARM。"; exit 1 ;; esac
if [ -e /etc/systemd/system/display-manager.service ]; then
  say "这台机器装了桌面，来人会碰到。请重新装一个不带桌面的 Debian 12。"
  exit 1
fi

# --- what is answered

[ ! -e "$ANSWERS" ] || . "$ANSWERS"

# outputs: what is plugged in, as Xorg's modesetting driver names it, with its own best size
outputs() {
  local card name mode
  for card in /sys/class/drm/card*-*; do
    [ "$(cat "$card/status" 2>/dev/null)" = connected ] || continue
    name=${card##*/card?-}
    mode=$(head -n 1 "$card/modes")
    printf '%s=%s\n' "${name/HDMI-A-/HDMI-}" "${mode:-1920x1080}"
  done
}

touches() {
  local event
  for event in /sys/class/input/event*; do
    udevadm info -q property -p "$event" 2>/dev/null | grep -q '^ID_INPUT_TOUCHSCREEN=1' && cat "$event/device/name"
  done
  return 0
}

mapfile -t OUTPUTS < <(outputs)
mapfile -t TOUCHES < <(touches | sort -u)
TURNS=("normal 横着" "left 竖着，上边转到左边" "right 竖着，上边转到右边" "inverted 倒着")
[ ${#OUTPUTS[@]} -gt 0 ] || [ -n "${GIVEN[terminal]+x}${TERMINAL+x}" ] || say "没有认出接着的屏幕，先按 HDMI-1 和 HDMI-2 两块 1920x1080 来装；接好以后用 --ask 再来一次。"
ask TERMINAL terminal "来人用的触摸屏是哪一块？" "${OUTPUTS[0]:-HDMI-1=1920x1080}" "${OUTPUTS[@]}"
OTHERS=()
for output in "${OUTPUTS[@]}"; do [ "$output" = "$TERMINAL" ] || OTHERS+=("$output"); done
[ ${#OUTPUTS[@]} -gt 0 ] && second=${OTHERS[0]:-none} || second=HDMI-2=1920x1080
ask BOARD board "大厅里的大屏是哪一块？没有就写 none。" "$second" "${OTHERS[@]}" "none 没有大屏"
ask TERMINAL_TURN terminal-turn "触摸屏怎么放？" normal "${TURNS[@]}"
ask BOARD_TURN board-turn "大屏怎么放？" normal "${TURNS[@]}"
if [ "$BOARD" != none ]; then
  ask BOARD_INCHES board-inches "大屏是多少寸的？买的时候说的那个数，像 55。不知道就直接回车，听屏幕自己说的。" ""
  [[ $BOARD_INCHES =~ ^([0-9]+(\.[0-9]+)?)?$ ]] || { say "寸数要写成 55 这样：$BOARD_INCHES"; exit 2; }
fi
TOUCH=${TOUCH-}
[ ${#TOUCHES[@]} -lt 2 ] && [ -z "${GIVEN[touch]+x}" ] || ask TOUCH touch "哪一个是来人用的触摸屏？（写全名）" "${TOUCHES[0]:-}" "${TOUCHES[@]}"

# size OUTPUT[=WxH] TURN: width and height as they stand
size() {
  local mode=1920x1080
  [[ $1 != *=* ]] || mode=${1#*=}
  [[ $mode =~ ^([0-9]+)x([0-9]+)$ ]] || { say "屏幕大小要写成 1920x1080 这样：$1"; return 2; }
  case $2 in
    normal|inverted) echo "${BASH_REMATCH[1]} ${BASH_REMATCH[2]}" ;;
    left|right) echo "${BASH_REMATCH[2]} ${BASH_REMATCH[1]}" ;;
    *) say "屏幕的放法只有 normal、left、right、inverted：$2"; return 2 ;;
  esac
}

placed=$(size "$TERMINAL" "$TERMINAL_TURN")
read -r TW TH <<<"$placed"
BW=0 BH=0
if [ "$BOARD" != none ]; then
  placed=$(size "$BOARD" "$BOARD_TURN")
  read -r BW BH <<<"$placed"
fi

monitor() {
  local output=${2%%=*} mode=${2#*=}
  printf '\nSection "Monitor"\n    Identifier "%s"\n    Option "Enable" "true"\n    Option "Position" "%s 0"\n    Option "Rotate" "%s"\n' "$1" "$4" "$3"
  [[ $2 != *=* ]] || printf '    Option "PreferredMode" "%s"\n' "$mode"
  [ "$1" != terminal ] || printf '    Option "Primary" "true"\n'
  printf 'EndSection\n'
}

# where a finger lands: the touch device's own square, turned as its screen is, laid over the terminal's part of all that is shown
matrix() {
  awk -v w="$TW" -v h="$TH" -v W="$((TW + BW))" -v H="$((TH > BH ? TH : BH))" -v turn="$TERMINAL_TURN" 'BEGIN {
    x = w / W; y = h / H
    if (turn == "left") printf "0 %.6f %.6f %.6f 0 0 0 0 1", -x, x, y
    else if (turn == "right") printf "0 %.6f 0 %.6f 0 %.6f 0 0 1", x, -y, y
    else if (turn == "inverted") printf "%.6f 0 %.6f 0 %.6f %.6f 0 0 1", -x, x, -y, y
    else printf "%.6f 0 0 0 %.6f 0 0 0 1", x, y }'
}

xorg() {
  cat deploy/station/xorg.conf
  if [ -n "$TOUCH" ]; then
    printf '\n# a finger on any other touch screen is nobody'"'"'s\nSection "InputClass"\n    Identifier "other touch screens"\n    MatchIsTouchscreen "on"\n    NoMatchProduct "%s"\n    Option "Ignore" "on"\nEndSection\n' "$TOUCH"
  fi
  printf '\nSection "InputClass"\n    Identifier "touch"\n    MatchIsTouchscreen "on"\n    Option "TransformationMatrix" "%s"\nEndSection\n' "$(matrix)"
  printf '\nSection "Device"\n    Identifier "screens"\n    Driver "modesetting"\n    Option "Monitor-%s" "terminal"\n' "${TERMINAL%%=*}"
  [ "$BOARD" = none ] || printf '    Option "Monitor-%s" "board"\n' "${BOARD%%=*}"
  printf 'EndSection\n'
  monitor terminal "$TERMINAL" "$TERMINAL_TURN" 0
  [ "$BOARD" = none ] || monitor board "$BOARD" "$BOARD_TURN" "$TW"
  printf '\nSection "Screen"\n    Identifier "station"\n    Device "screens"\n    DefaultDepth 24\n    SubSection "Display"\n        Depth 24\n        Virtual %s %s\n    EndSubSection\nEndSection\n' "$((TW + BW))" "$((TH > BH ? TH : BH))"
}

# --- program, user, state

state /var/lib/kiosk "$LOG"
touch "$LOG"
chmod 600 "$LOG"
packages $PROGRAM $OFFICE xserver-xorg-core xserver-xorg-input-libinput udev kmod systemd-sysv
user kiosk "$STATE"
user kiosk-display /nonexistent
chown kiosk:kiosk "$STATE"
chmod 0700 "$STATE"
for group in lp dialout input audio video render tty; do getent group "$group" >/dev/null || groupadd --system "$group"; done
release "$TOP" "${PIP[@]}"
if [ ! -L "$STATE/run" ]; then rm -rf "$STATE/run"; fi
system
[ -z "${GIVEN[release-key]+x}" ] || put <(printf '%s\n' "${GIVEN[release-key]}") /etc/kiosk/release.pub

# --- settings

failed=0
found_printers() {
  (cd "$TOP/current" && "$VENV/bin/python" -B -c 'from kiosk.devices.find_printers import find_printers
for found in find_printers(): print(found.uri, found.name)') 2>>"$LOG" || true
}

TOML=$STATE/kiosk.toml
[ -e "$TOML" ] || install -o kiosk -g kiosk -m 0600 <(printf '# 站里的设置，见 docs/安装.md。改了以后运行 systemctl restart kiosk.target。\n') "$TOML"
before=$(sha256sum "$TOML")
mapfile -t PRINTERS < <(found_printers)
PRINTER=$(sed -n 's/^printer = "\(.*\)"/\1/p' "$TOML")
[ -n "$PRINTER" ] || unset PRINTER
# a serial port may have anything on it, a printer on USB says that it is one
likely=$(printf '%s\n' "${PRINTERS[@]}" | grep -m 1 '^usb:' || true)
ask PRINTER printer "小票打印机是哪一台？也可以照 docs/安装.md 写地址；还没有就直接回车，以后再来。" "${likely%% *}" "${PRINTERS[@]}"
python3 deploy/answers.py "$TOML" terminal.left=0 terminal.top=0 "terminal.width=$TW" "terminal.height=$TH"
[ "$BOARD" = none ] || python3 deploy/answers.py "$TOML" "board.left=$TW" board.top=0 "board.width=$BW" "board.height=$BH"
[ -z "${BOARD_INCHES:-}" ] || python3 deploy/answers.py "$TOML" "board_look.screen_inches=$BOARD_INCHES"
[ -z "$PRINTER" ] || python3 deploy/answers.py "$TOML" "printer=$PRINTER"
mapfile -t DISKS < <(backup_disks)
written=$(sed -n 's/^backup_dir = "\(.*\)"/\1/p' "$TOML")
# somebody's own doing, before anybody asked
[ -n "${BACKUP+x}" ] || [ -z "$written" ] || [ "$written" = "$BACKUP_AT/kiosk" ] || BACKUP=$written
chosen=none
if [ ${#DISKS[@]} = 0 ] && [ -z "${GIVEN[backup]+x}${BACKUP+x}" ]; then
  say "没有看到可以放备份的第二块盘或者 U 盘，先只给县里备一份。插上一块，再运行一次 $0 就问。"
else
  first=${DISKS[0]:-none}
  ask BACKUP backup "每天的备份放在哪一块盘上？盘要一直插着，上面原来的东西不动。" "${first%% *}" "${DISKS[@]}" "none 没有备份盘，只给县里备一份"
  chosen=$BACKUP
fi
if backup_place "$chosen"; then
  [ "$FOLDER" = "$written" ] || python3 deploy/answers.py "$TOML" "backup_dir=$FOLDER"
else
  failed=1
  unset BACKUP
fi
for option in scanner desk speaker; do
  [ -z "${GIVEN[$option]+x}" ] || python3 deploy/answers.py "$TOML" "$option=${GIVEN[$option]}"
done
chown kiosk:kiosk "$TOML"
chmod 0600 "$TOML"
[ "$before" = "$(sha256sum "$TOML")" ] || CHANGED=1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# answered: keep what was answered
answered() {
  local name
  for name in TERMINAL BOARD TERMINAL_TURN BOARD_TURN BOARD_INCHES TOUCH BACKUP SEAL; do
    [ -z "${!name+x}" ] || printf '%s=%q\n' "$name" "${!name}"
  done >"$work/answers"
  put "$work/answers" "$ANSWERS"
}

answered
xorg >"$work/xorg.conf"
put "$work/xorg.conf" /etc/X11/xorg.conf.d/90-kiosk.conf

# --- the system

systemctl mask -q ctrl-alt-del.target getty@tty1.service
enabled

say "正在准备数据"
/usr/local/bin/kiosk prepare >>"$LOG" 2>&1 || fail "数据没有准备好。"
if running && has_chip; then
  if [ -z "${GIVEN[seal]+x}" ] && { [ "$ASKING" = all ] || { [ "$ASKING" = some ] && [ -z "${SEAL+x}" ]; }; }; then
    /usr/local/bin/kiosk backup --code >&2
  fi
  # who is not asked has written no recovery code down: then it stays in its file, and the next who can be asked is
  [ "$ASKING" = none ] && [ -z "${GIVEN[seal]+x}" ] || ask SEAL seal \
    "数据库的密钥封进这台机器的安全芯片吗？封了，光拿走硬盘就打不开。先把上面的恢复码抄好：换主板以后只有它打得开。" yes "yes 封进去" "no 留在文件里"
  [ "${SEAL:-no}" != yes ] || seal || failed=1
elif [ "${GIVEN[seal]:-no}" = yes ]; then
  failed=1
  say "这台机器没有开着的安全芯片（TPM 2），密钥留在文件里。BIOS 里打开以后再来一次。"
fi
answered

# --- the county

ENROLLED=/etc/kiosk/enrolled
if [ ! -e "$ENROLLED" ] || [ -n "${GIVEN[enrol]+x}" ]; then
  unset LINE
  ask LINE enrol "县里给的那一行字（登记码、地址、识别码）；还没有就直接回车，以后运行 kiosk enrol。" ""
  if [ -n "$LINE" ]; then
    if /usr/local/bin/kiosk enrol $LINE >&2; then touch "$ENROLLED"; else failed=1; say "没有登记上。网好了以后再运行：kiosk enrol $LINE"; fi
  fi
fi

if running; then
  systemctl daemon-reload
  if [ -n "$CHANGED" ]; then
    sysctl -q --system >/dev/null 2>&1 || true
    udevadm control --reload || true
    systemctl try-restart systemd-journald systemd-logind
    systemctl restart kiosk.target
  else
    systemctl start kiosk.target
  fi
  say "装好了，屏幕上马上就是首页。看看哪里还不好：kiosk doctor"
else
  say "装好了，开机就是首页。"
fi
exit $failed
