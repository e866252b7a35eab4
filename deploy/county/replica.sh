#!/usr/bin/env bash
# replica.sh allow ADDRESS   on the hub's machine: let the second machine at ADDRESS copy the database as it changes; says a password
# replica.sh follow HOST     on the second machine, where install.sh ran with the same answers: copy from HOST; asks for that password
# replica.sh lead            on the second machine, when the first is lost for good: become the hub. hub.key and tls/ must be here already
# For the hub's own cluster only; a county that has a PostgreSQL of its own copies that as it is used to.
. "$(dirname "$0")/../lib.sh"
TOP=/opt/kiosk
[ "$(id -u)" = 0 ] || { say "需要管理员身份：sudo $0"; exit 1; }
state /var/lib/kiosk-county /var/log/kiosk-county-install.log
PG=$STATE/pg
BIN=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
AS="setpriv --reuid=kiosk-county --regid=kiosk-county --clear-groups env -C / HOME=$STATE"
ask_database() { $AS psql -q -v ON_ERROR_STOP=1 -h "$PG/socket" -U hub -d postgres "$@" 2>>"$LOG" || fail "数据库没有答应。"; }

case ${1:-} in
  allow)
    [[ ${2:-} =~ ^[0-9A-Fa-f.:]+$ ]] || { say "后面写另一台机器的地址，像 10.1.2.3。"; exit 2; }
    [[ $2 == *:* ]] && address=$2/128 || address=$2/32
    password=$(openssl rand -hex 24)
    ask_database <<SQL
ALTER SYSTEM SET listen_addresses = '*';
ALTER SYSTEM SET ssl = on;
ALTER SYSTEM SET ssl_cert_file = '$STATE/tls/hub.pem';
ALTER SYSTEM SET ssl_key_file = '$STATE/tls/hub-key.pem';
-- a copy that is gone must not fill the disk with what it has not fetched
ALTER SYSTEM SET max_slot_wal_keep_size = '10GB';
DROP ROLE IF EXISTS replica;
CREATE ROLE replica LOGIN REPLICATION PASSWORD '$password';
SQL
    # what initdb wrote lets in who comes over loopback, without a password
    sed -i '/^host/d' "$PG/data/pg_hba.conf"
    echo "hostssl replication replica $address scram-sha-256" >>"$PG/data/pg_hba.conf"
    systemctl restart kiosk-county
    say "可以了。在那台机器上运行 replica.sh follow，口令是下面这一行："
    echo "$password" ;;
  follow)
    [[ ${2:-} =~ ^[0-9A-Za-z.:-]+$ ]] || { say "后面写县里那台机器的名字或者地址。"; exit 2; }
    read -r -p "口令：" password
    systemctl disable -q --now kiosk-county kiosk-county-backup.timer kiosk-county-replica 2>/dev/null || true
    install -d -o kiosk-county -g kiosk-county -m 0700 "$PG" "$PG/socket"
    rm -rf "$PG/data.new"
    say "正在抄数据"
    # SCRAM bound to the TLS line: nobody in between can listen in, whatever certificate he shows
    PGPASSWORD=$password $AS "$BIN/pg_basebackup" -d "host=$2 user=replica sslmode=require channel_binding=require" -D "$PG/data.new" \
      -R -X stream -c fast -C -S "kiosk_$(hostname | tr -c 'a-z0-9\n' _)" >>"$LOG" 2>&1 || fail "没有抄下来：口令、地址、那台机器的 5432 端口对不对？"
    [ ! -e "$PG/data" ] || mv "$PG/data" "$PG/data.before-$(date -u +%Y%m%dT%H%M%SZ)"
    mv "$PG/data.new" "$PG/data"
    sed "s|/usr/lib/postgresql/bin|$BIN|" deploy/county/kiosk-county-replica.service >/etc/systemd/system/kiosk-county-replica.service
    install -d "/etc/systemd/system/kiosk-county-replica.service.d"
    put deploy/locked.conf /etc/systemd/system/kiosk-county-replica.service.d/locked.conf
    systemctl daemon-reload
    systemctl enable -q --now kiosk-county-replica
    say "这台机器一直跟着抄了。那台坏了再也不用时：把 hub.key 和 tls 放进 $STATE，运行 replica.sh lead" ;;
  lead)
    for file in hub.key tls/authority.key; do [ -e "$STATE/$file" ] || { say "先把存好的 $file 放进 $STATE，归 kiosk-county。"; exit 1; }; done
    systemctl start kiosk-county-replica
    $AS "$BIN/pg_ctl" -D "$PG/data" -w promote >>"$LOG" 2>&1 || fail "没有换过来。"
    systemctl disable -q --now kiosk-county-replica
    systemctl enable -q --now kiosk-county kiosk-county-backup.timer
    say "现在这台是县里的机器了。把两个名字指到这里，再运行一次 install.sh。" ;;
  *)
    sed -n '2,/^\. /{/^#/s/^# \{0,1\}//p}' "$0" >&2
    exit 2 ;;
esac
