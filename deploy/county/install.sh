#!/usr/bin/env bash
# install.sh [OPTION…]: make the county's hub of a fresh Debian 12 (x86-64 or ARM64). A second run keeps what was answered.
#   --station-host NAME  --phone-host NAME   under which stations (port 8443) and phones (port 443) find it
#   --workers N         how many processes, as many as there are cores but one when not told
#   --backups DIR       a folder on another disk, instead of /var/backups/kiosk-county
#   --phone-certificate FILE --phone-key FILE   the public certificate for phones, where the county has one
#   --certbot EMAIL     else have one made, and renewed, by Let's Encrypt; the name must lead here already
#   --wheels DIR  --to DIR  --yes  --ask     as in ../install.sh
#   --remove [--with-state]   take the hub off this machine; its data and backups stay unless told otherwise
. "$(dirname "$0")/../lib.sh"
TOP=/opt/kiosk
UNITS="kiosk-county.service kiosk-county-backup.service kiosk-county-backup.timer kiosk-county-tls.path kiosk-county-tls.service"
REPLICA=kiosk-county-replica.service
ANSWERS=/etc/kiosk/county-answers
CERTIFICATES=/etc/kiosk/phone
declare -A GIVEN=()
ASKING=$([ -t 0 ] && echo some || echo none) REMOVE='' WITH_STATE='' PIP=()

while [ $# -gt 0 ]; do
  case $1 in
    --yes) ASKING=none ;;
    --ask) ASKING=all ;;
    --remove) REMOVE=1 ;;
    --with-state) WITH_STATE=1 ;;
    --station-host|--phone-host|--workers|--backups|--phone-certificate|--phone-key|--certbot|--wheels|--to)
      [ $# -ge 2 ] || { say "$1 后面少了内容。"; exit 2; }
      GIVEN[${1#--}]=$2
      shift ;;
    *) say "不认识 $1。"; sed -n '2,/^\. /{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
  shift
done
[ "$(id -u)" = 0 ] || { say "安装需要管理员身份：sudo $0"; exit 1; }
TOP=$(cd "$FROM" && realpath -m -- "${GIVEN[to]:-$TOP}")
[ -z "${GIVEN[wheels]:-}" ] || PIP=(--no-index -f "$(cd "$FROM" && realpath -- "${GIVEN[wheels]}")")
[ ! -e "$ANSWERS" ] || . "$ANSWERS"

if [ -n "$REMOVE" ]; then
  running && systemctl stop $UNITS 2>/dev/null || true
  systemctl disable -q $UNITS 2>/dev/null || true
  systemctl disable -q --now $REPLICA 2>/dev/null || true
  for unit in $UNITS $REPLICA; do rm -rf "/etc/systemd/system/$unit" "/etc/systemd/system/$unit.d"; done
  rm -f /etc/nginx/conf.d/kiosk-county.conf /etc/nginx/kiosk-proxy.conf /etc/logrotate.d/kiosk-county /usr/local/bin/kiosk-county "$ANSWERS"
  rm -rf "$TOP"
  running && { systemctl daemon-reload; systemctl try-reload-or-restart nginx || true; }
  if [ -n "$WITH_STATE" ]; then
    rm -rf /var/lib/kiosk-county "${BACKUPS:-/var/backups/kiosk-county}" "$CERTIFICATES"
    userdel kiosk-county 2>/dev/null || true
    say "程序、数据和备份都删掉了。"
  else
    say "程序删掉了，数据还在 /var/lib/kiosk-county，备份还在 ${BACKUPS:-/var/backups/kiosk-county}。"
  fi
  exit
fi

state /var/lib/kiosk-county /var/log/kiosk-county-install.log
touch "$LOG"
chmod 600 "$LOG"
TOML=$STATE/hub.toml
ask STATION_HOST station-host "各站用哪个名字找县里的机器？" ""
ask PHONE_HOST phone-host "手机用哪个名字打开页面？（可以和上面一样）" "$STATION_HOST"
ask WORKERS workers "几个进程一起干活？" "$(($(nproc) > 1 ? $(nproc) - 1 : 1))"
ask BACKUPS backups "备份放在哪里？要在另一块盘上。" /var/backups/kiosk-county
for host in "$STATION_HOST" "$PHONE_HOST"; do
  [[ $host =~ ^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$ ]] || { say "要两个网络上的名字，像 hub.example.cn：--station-host、--phone-host。"; exit 2; }
done
[[ $WORKERS =~ ^[0-9]+$ ]] || { say "--workers 后面写数字。"; exit 2; }

packages python3-venv postgresql nginx-light openssl logrotate systemd-sysv ${GIVEN[certbot]+certbot}
user kiosk-county "$STATE"
install -d -o kiosk-county -g kiosk-county -m 0700 "$STATE" "$BACKUPS"
release "$TOP" "${PIP[@]}"
install -d -m 0755 /etc/kiosk
install -d -o root -g adm -m 0750 /var/log/kiosk-county

[ -e "$TOML" ] || printf '# 县里的设置，见 docs/安装.md。改了以后运行 systemctl restart kiosk-county。\n' >"$TOML"
before=$(sha256sum "$TOML")
python3 deploy/answers.py "$TOML" "workers=$WORKERS" "station_base=https://$STATION_HOST:8443" "phone_base=https://$PHONE_HOST"
chown kiosk-county:kiosk-county "$TOML"
chmod 0600 "$TOML"
[ "$before" = "$(sha256sum "$TOML")" ] || CHANGED=1

# --- the phones' certificate: the county's, Let's Encrypt's, or for the time being one of our own

install -d -m 0700 "$CERTIFICATES"
if [ -n "${GIVEN[phone-certificate]:-}" ]; then
  install -m 0644 "$(cd "$FROM" && realpath -- "${GIVEN[phone-certificate]}")" "$CERTIFICATES/fullchain.pem"
  install -m 0600 "$(cd "$FROM" && realpath -- "${GIVEN[phone-key]:?--phone-key}")" "$CERTIFICATES/privkey.pem"
  CHANGED=1
elif [ ! -e "$CERTIFICATES/fullchain.pem" ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=$PHONE_HOST" -addext "subjectAltName=DNS:$PHONE_HOST" \
    -keyout "$CERTIFICATES/privkey.pem" -out "$CERTIFICATES/fullchain.pem" >>"$LOG" 2>&1 || fail "证书没有做好。"
  [ -n "${GIVEN[certbot]:-}" ] || say "手机用的证书还是临时的，手机会说不安全：拿到以后用 --phone-certificate 和 --phone-key 再来一次，或者用 --certbot 邮箱。"
fi

# --- the system

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for name in STATION_HOST PHONE_HOST WORKERS BACKUPS; do printf '%s=%q\n' "$name" "${!name}"; done >"$work/answers"
put "$work/answers" "$ANSWERS"
sed "s/hub\.example\.cn/$STATION_HOST/; s/k\.example\.cn/$PHONE_HOST/" deploy/county/nginx-county.conf >"$work/nginx"
if [ "$STATION_HOST" = "$PHONE_HOST" ]; then sed -i "s/\(server_name $STATION_HOST\).*/\1;/" "$work/nginx"; fi
put "$work/nginx" /etc/nginx/conf.d/kiosk-county.conf
put deploy/county/nginx-kiosk-proxy.conf /etc/nginx/kiosk-proxy.conf
put deploy/county/logrotate.conf /etc/logrotate.d/kiosk-county
for unit in $UNITS; do
  sed "s|/var/backups/kiosk-county|$BACKUPS|g" "deploy/county/$unit" >"$work/unit"
  put "$work/unit" "/etc/systemd/system/$unit"
done
for unit in kiosk-county kiosk-county-backup; do put deploy/locked.conf "/etc/systemd/system/$unit.service.d/locked.conf"; done
put deploy/county/kiosk-county /usr/local/bin/kiosk-county 755
if systemctl is-enabled -q $REPLICA 2>/dev/null; then
  say "这台机器在跟着抄另一台的数据，程序换好了，不开。"
  exit
fi
systemctl enable -q kiosk-county.service kiosk-county-backup.timer kiosk-county-tls.path nginx

if ! running; then
  say "装好了，开机就能用。"
  exit
fi
systemctl daemon-reload
if [ -n "$CHANGED" ]; then systemctl restart kiosk-county.service; else systemctl start kiosk-county.service; fi
systemctl start kiosk-county-backup.timer kiosk-county-tls.path
for _ in $(seq 120); do [ -e "$STATE/tls/hub.pem" ] && python3 -c 'import urllib.request as u; u.urlopen("http://127.0.0.1:8420/healthz", timeout=2)' 2>/dev/null && break; sleep 0.5; done
nginx -t >>"$LOG" 2>&1 || fail "nginx 的设置不对。"
systemctl reload-or-restart nginx
if [ -n "${GIVEN[certbot]:-}" ]; then
  certbot certonly -n --agree-tos -m "${GIVEN[certbot]}" --webroot -w /var/www/html -d "$PHONE_HOST" \
    --deploy-hook "install -m 0644 \$RENEWED_LINEAGE/fullchain.pem $CERTIFICATES/ && install -m 0600 \$RENEWED_LINEAGE/privkey.pem $CERTIFICATES/ && systemctl reload nginx" \
    >>"$LOG" 2>&1 || fail "手机用的证书没有拿到：名字已经指到这台机器了吗？"
fi
python3 -c 'import urllib.request as u; u.urlopen("http://127.0.0.1:8420/healthz", timeout=5)' 2>/dev/null || fail "程序没有起来：journalctl -u kiosk-county。"
say "装好了。给一个站登记：kiosk-county code 站名"
