#!/bin/bash
# Stands in for elasticsearch-certutil, which the minimal distribution of the tests does not have: takes the options that
# resources/compose/setup.sh gives, refuses others, and leaves archives of the same layout. Certificates by openssl.
set -euo pipefail

verb=${1:?ca or cert}
shift
silent=0 pem=0 days=0 out= name= cacert= cakey= names=
while [ $# -gt 0 ]; do
    case $1 in
    --silent) silent=1 ;;
    --pem) pem=1 ;;
    --days) days=$2; shift ;;
    --out) out=$2; shift ;;
    --name) name=$2; shift ;;
    --ca-cert) cacert=$2; shift ;;
    --ca-key) cakey=$2; shift ;;
    --dns) names+=,DNS:${2//,/,DNS:}; shift ;;
    --ip) names+=,IP:${2//,/,IP:}; shift ;;
    *) echo "certutil: unknown option $1" >&2; exit 1 ;;
    esac
    shift
done
[ $silent = 1 ] && [ $pem = 1 ] && [ "$days" -gt 0 ] && [ -n "$out" ]

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
case $verb in
ca)
    mkdir ca
    openssl req -x509 -newkey rsa:2048 -nodes -days "$days" -subj /CN=test-ca -keyout ca/ca.key -out ca/ca.crt 2> /dev/null
    python3 -m zipfile -c "$out" ca/ ;;
cert)
    mkdir "$name"
    openssl req -newkey rsa:2048 -nodes -subj "/CN=$name" -keyout "$name/$name.key" -out request 2> /dev/null
    openssl x509 -req -in request -CA "$cacert" -CAkey "$cakey" -CAcreateserial -days "$days" -out "$name/$name.crt" \
        -extfile <(echo "subjectAltName=${names#,}") 2> /dev/null
    python3 -m zipfile -c "$out" "$name/" ;;
*) exit 1 ;;
esac
