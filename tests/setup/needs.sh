#!/bin/sh
# Installs from the distribution what the tests named here need and the machine does not have.
# Where it may not install, it says what is missing; with CI=true that is a failure.
set -u

command_of() {
    case $1 in
        chromium) echo chromium ;;
        java) echo java ;;
        libreoffice) echo soffice ;;
        patroni | etcd | pgbouncer) echo "$1" ;;
        postgresql-15) echo /usr/lib/postgresql/15/bin/postgres ;;
    esac
}

package_of() {
    case $1 in
        java) echo default-jre-headless ;;
        libreoffice) echo libreoffice-calc-nogui ;;
        etcd) echo etcd-server ;;
        *) echo "$1" ;;
    esac
}

for need in "$@"; do
    command -v "$(command_of "$need")" >/dev/null && continue
    package=$(package_of "$need")
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing $package" >&2
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null
    fi
    command -v "$(command_of "$need")" >/dev/null && continue
    echo "Missing: $package. As root: apt-get install $package" >&2
    [ "${CI:-}" != true ] || exit 1
done
