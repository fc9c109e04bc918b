#!/bin/sh
# Makes the secrets of compose.distributed.yaml: .env with random passwords, and tls/ with a certificate for the common
# name of the control planes. What is there already stays, because the database depends on it.
set -eu
cd "$(dirname "$0")"
umask 077
random() { openssl rand -hex "$1"; }

if [ ! -e .env ]; then
  {
    echo "ADMIN_PASSWORD=$(random 16)"
    echo "HUB_PASSWORD=$(random 16)"
    echo "DATABASE_PASSWORD=$(random 16)"
    echo "REDIS_PASSWORD=$(random 16)"
    echo "ENCRYPTION_KEY=$(random 32)"
  } > .env.new
  mv .env.new .env
  echo "made $(pwd)/.env; the administrator is admin, the password is ADMIN_PASSWORD in there"
fi

mkdir -p tls
if [ ! -e tls/control-plane.crt ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 825 -subj /CN=control-plane \
    -addext 'subjectAltName=DNS:control-plane,DNS:control-plane-1,DNS:control-plane-2,DNS:localhost,IP:127.0.0.1' \
    -keyout tls/control-plane.key -out tls/control-plane.crt.new
  mv tls/control-plane.crt.new tls/control-plane.crt
  chmod 644 tls/control-plane.crt
  echo "made $(pwd)/tls/control-plane.crt"
fi

# The processes run as user 1000 and must read the key.
owner=$(stat -c %u tls/control-plane.key)
if [ "$owner" != 1000 ]; then
  if [ "$(id -u)" = 0 ]; then
    chown 1000:1000 tls/control-plane.key
  else
    echo "tls/control-plane.key belongs to user $owner. Run: sudo chown 1000 $(pwd)/tls/control-plane.key" >&2
    exit 1
  fi
fi
