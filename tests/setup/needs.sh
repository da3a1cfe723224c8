#!/bin/sh
# Installs from the distribution what the tests named here need and the machine does not have.
# Where it may not install, it says what is missing; with CI=true that is a failure. What stands behind --optional is
# installed where that is possible, and never a failure.
set -u

command_of() {
    case $1 in
        java) echo java ;;
        libreoffice) echo soffice ;;
        patroni | etcd | pgbouncer) echo "$1" ;;
        postgresql-15) echo /usr/lib/postgresql/15/bin/postgres ;;
        nginx) echo /usr/sbin/nginx ;;
        webkit2gtk-driver) echo WebKitWebDriver ;;
        xvfb) echo Xvfb ;;
        *) echo "$1" ;;
    esac
}

# Playwright's Node needs libatomic.so.1, which is no command.
is_here() {
    case $1 in
        libatomic1) ldconfig=$(command -v ldconfig || echo /sbin/ldconfig); "$ldconfig" -p 2>/dev/null | grep -q 'libatomic\.so\.1' ;;
        *) command -v "$(command_of "$1")" >/dev/null ;;
    esac
}

package_of() {
    case $1 in
        java) echo default-jre-headless ;;
        libreoffice) echo libreoffice-calc-nogui ;;
        etcd) echo etcd-server ;;
        nginx) echo nginx-light ;;
        *) echo "$1" ;;
    esac
}

strict=${CI:-}
for need in "$@"; do
    if [ "$need" = --optional ]; then
        strict=false
        continue
    fi
    is_here "$need" && continue
    package=$(package_of "$need")
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing $package" >&2
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null
    fi
    is_here "$need" && continue
    echo "Missing: $package. As root: apt-get install $package" >&2
    [ "$strict" != true ] || exit 1
done
