# What run, test and the install scripts share. Each step looks first and is skipped when it was done. Sourced, never run.
set -euo pipefail
FROM=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."

PROGRAM="python3-venv libgl1 libgl1-mesa-dri libegl1 libgles2 libmtdev1 fonts-noto-cjk libharfbuzz-bin espeak-ng alsa-utils librime1 librime-data rime-data-pinyin-simp rime-data-stroke libusb-1.0-0"
TRIAL="$PROGRAM xvfb postgresql"
# turns the papers of a claim into PDF
OFFICE="libreoffice-writer-nogui libreoffice-calc-nogui"
# whose environment set-up works with, where the program stands, and as whom
VENV=.venv
AS=
# the system's own Python where the user has others: the locks are for 3.11
PYTHON=$(command -v python3.11 || command -v python3 || true)

# state DIR: where the state of what is set up stands, and the set-up's own log
state() {
  STATE=$(realpath -m -- "$1")
  mkdir -p "$STATE"
  LOG=${2:-$STATE/setup.log}
}

trial_state() {
  state "${KIOSK_STATE:-$([ "$(id -u)" = 0 ] && echo /var/lib/kiosk-trial || echo "${XDG_STATE_HOME:-$HOME/.local/state}/kiosk-trial")}"
}

say() { printf '%s\n' "$*" >&2; }

fail() {
  tail -n 15 "$LOG" >&2 2>/dev/null || true
  say "$* 详细记录：$LOG"
  exit 1
}

# packages NAME…: install the Debian packages that are missing; without root name the one command that needs it
packages() {
  local missing=() conf=/etc/postgresql-common/createcluster.conf
  mapfile -t missing < <(comm -23 <(printf '%s\n' "$@" | sort) <(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' | sed -n 's/^.i  *//p' | sort -u))
  [ ${#missing[@]} = 0 ] && return
  # Debian would make and start a cluster of its own, ours is private to the state folder. dpkg keeps a file that is there before it.
  local ready="mkdir -p ${conf%/*} && { grep -qs ^create_main_cluster $conf || echo create_main_cluster = false >>$conf; }"
  local install="apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends -o Dpkg::Options::=--force-confold ${missing[*]}"
  if [ "$(id -u)" != 0 ]; then
    say "缺少系统软件包。安装需要管理员身份，只需运行下面这一条命令，然后再来一次："
    say "  sudo sh -c '$ready && $install'"
    exit 1
  fi
  say "正在安装系统软件包：${missing[*]}"
  sh -c "$ready && $install" >>"$LOG" 2>&1 </dev/null || fail "系统软件包没有装上。"
}

# once STAMP FILE… -- COMMAND…: run the command unless STAMP says that it ran with these contents
once() {
  local stamp=$1 files=() now
  shift
  while [ "$1" != -- ]; do files+=("$1"); shift; done
  shift
  now=$(sha256sum "${files[@]}")
  [ "$(cat "$stamp" 2>/dev/null)" = "$now" ] && return
  "$@"
  mkdir -p "$(dirname "$stamp")"
  printf '%s\n' "$now" >"$stamp"
}

environment() {
  say "正在准备 Python 环境"
  "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "需要 Python 3.11 或更新。"
  [ -x "$VENV/bin/pip" ] || "$PYTHON" -m venv "$VENV" >>"$LOG" 2>&1 || fail "Python 环境没有建好。"
  # --no-deps: the locks are whole, and of rapidocr only its model file is wanted, not what it would drag along
  "$VENV/bin/python" -m pip install -q --disable-pip-version-check --no-deps "$@" >>"$LOG" 2>&1 || fail "Python 软件包没有装上。"
}

faces() {
  say "正在取出简体字体"
  $AS "$VENV/bin/python" -m kiosk.screens.fonts "$STATE/fonts" >>"$LOG" 2>&1 || fail "字体没有取出来。"
}

dictionary() {
  say "正在准备拼音词库"
  $AS "$VENV/bin/python" -m kiosk.devices.pinyin "$STATE/rime" >>"$LOG" 2>&1 || fail "拼音词库没有准备好。"
}

# release DIR [PIP OPTION…]: put the program beside earlier ones, with an environment of its own, and point DIR/current at it.
# A release is named by version and contents and never changed once it is whole, so that a switch is one rename.
release() {
  local top=$1 files=() name place
  shift
  mapfile -d '' files < <(find kiosk assets deploy pyproject.toml requirements.lock -type f ! -name '*.pyc' -print0 | LC_ALL=C sort -z)
  name=$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)-$(sha256sum "${files[@]}" | sha256sum | cut -c1-8)
  place=$top/releases/$name
  install -d -m 0755 "$top" "$top/releases"
  # an update that is at it comes to its end first (kiosk/release/place.py)
  exec 8>"$top/.lock"
  flock 8
  if [ ! -e "$place/.whole" ]; then
    say "正在安装程序：$name"
    rm -rf "$place"
    install -d -m 0755 "$place"
    printf '%s\0' "${files[@]}" | tar -c --null -T - --owner=0 --group=0 --mode=u=rwX,go=rX | tar -x -p -C "$place"
    (umask 022; VENV=$place/.venv; environment "$@" -r requirements.lock)
    (cd "$place" && .venv/bin/python -m compileall -q -j 0 kiosk >>"$LOG" 2>&1)
    touch "$place/.whole"
  fi
  if [ "$(readlink "$top/current")" != "releases/$name" ]; then
    rm -f "$top/update/trying"
    ln -sfn "releases/$name" "$top/.next"
    mv -T "$top/.next" "$top/current"
    CHANGED=1
  fi
  exec 8>&-
  # the one before stays, to go back to
  find "$top/releases" -mindepth 1 -maxdepth 1 -type d ! -name "$name" -printf '%T@ %p\n' | sort -rn | tail -n +2 | cut -d' ' -f2- | xargs -r -d '\n' rm -rf
}

# put SOURCE TARGET [MODE]: copy a file where it differs, with /opt/kiosk told as it is; sets CHANGED
CHANGED=
put() {
  local new
  new=$(sed "s|/opt/kiosk|$TOP|g" "$1"; printf x)
  new=${new%x}
  [ -e "$2" ] && [ "$(cat "$2"; printf x)" = "${new}x" ] && return
  install -d -m 0755 "$(dirname "$2")"
  printf '%s' "$new" >"$2.new"
  chmod "${3:-644}" "$2.new"
  mv "$2.new" "$2"
  CHANGED=1
}

# in_program COMMAND…: run one of the steps with the program as it was installed
in_program() { (cd "$VENV/.." && "$@"); }

# user NAME HOME: a user who cannot log in
user() {
  id "$1" >/dev/null 2>&1 || useradd --system --user-group --home-dir "$2" --no-create-home --shell /usr/sbin/nologin "$1"
}

# ask VARIABLE OPTION QUESTION DEFAULT [CHOICE…]: the option, else what was answered before, else a question, else the default.
# GIVEN holds the options, ASKING says all, some (what was never answered) or none.
ask() {
  local name=$1 option=$2 question=$3 default=$4 reply
  shift 4
  if [ -n "${GIVEN[$option]+x}" ]; then
    printf -v "$name" %s "${GIVEN[$option]}"
  elif [ "$ASKING" = none ] || { [ "$ASKING" = some ] && [ -n "${!name+x}" ]; }; then
    printf -v "$name" %s "${!name-$default}"
  else
    default=${!name-$default}
    say
    say "$question"
    local n=0 choice
    for choice in "$@"; do n=$((n + 1)); say "  $n  $choice"; done
    read -r -p "  [$default] " reply || reply=
    if [[ $reply =~ ^[0-9]+$ ]] && [ $# -gt 0 ] && [ "$reply" -ge 1 ] && [ "$reply" -le $# ]; then
      choice=${!reply}
      reply=${choice%% *}
    fi
    printf -v "$name" %s "${reply:-$default}"
  fi
}

# running: whether systemd is at work here, which it is not in a tree that is only being prepared
running() { [ -d /run/systemd/system ]; }

# one set-up at a time: two trials may start together
exec 9<deploy/lib.sh
flock 9
