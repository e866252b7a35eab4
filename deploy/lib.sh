# What run and test share. Each step looks first and is skipped when it was done. Sourced, never run.
set -euo pipefail
FROM=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."

PACKAGES="python3-venv xvfb libgl1 libgl1-mesa-dri libegl1 libgles2 libmtdev1 fonts-noto-cjk libharfbuzz-bin espeak-ng alsa-utils librime1 librime-data rime-data-pinyin-simp rime-data-stroke libusb-1.0-0 postgresql"
STATE=${KIOSK_STATE:-$([ "$(id -u)" = 0 ] && echo /var/lib/kiosk-trial || echo "${XDG_STATE_HOME:-$HOME/.local/state}/kiosk-trial")}
STATE=$(realpath -m -- "$STATE")
mkdir -p "$STATE"
LOG=$STATE/setup.log
# the system's own Python where the user has others: the locks are for 3.11
PYTHON=$(command -v python3.11 || command -v python3 || true)

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
  [ -x .venv/bin/pip ] || "$PYTHON" -m venv .venv >>"$LOG" 2>&1 || fail "Python 环境没有建好。"
  # --no-deps: the locks are whole, and of rapidocr only its model file is wanted, not what it would drag along
  .venv/bin/pip install -q --disable-pip-version-check --no-deps "$@" >>"$LOG" 2>&1 || fail "Python 软件包没有装上。"
}

faces() {
  say "正在取出简体字体"
  .venv/bin/python -m kiosk.screens.fonts "$STATE/fonts" >>"$LOG" 2>&1 || fail "字体没有取出来。"
}

dictionary() {
  say "正在准备拼音词库"
  .venv/bin/python -m kiosk.devices.pinyin "$STATE/rime" >>"$LOG" 2>&1 || fail "拼音词库没有准备好。"
}

# one set-up at a time: two trials may start together
exec 9<deploy/lib.sh
flock 9
