# shellcheck shell=bash
# The program, and where its files lie. Part of install.sh.

# A copy of its own for each version: the one before stays, to go back to. Nothing runs it yet.
install_program() {
	local version
	version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$here/packages/cli/package.json")
	release=$opt/releases/$version-$(date +%Y%m%d%H%M%S)-$$
	former=''
	if [ -L "$opt/current" ]; then former=$(readlink "$opt/current"); fi
	say "program: version $version to $release"
	if $dry; then
		if [ -z "$root" ] && has_i2c && ! binds_i2c "$here"; then say 'would build the binding of I2C: g++, make, python3'; fi
		return 0
	fi
	mkdir -p "$release"
	tar -C "$here" --exclude=./.git --exclude='./test/[!p]*' --exclude='./bench/[!p]*' --exclude=./screenshots \
		--exclude=./.pilotwire --exclude=./node_modules/.cache -cf - . | tar -C "$release" -xf - --no-same-owner || {
		rm -rf "$release"
		fail 'Nothing was changed: the program can not be copied to /opt/pilotwire. df -h shows the room.'
	}
	chmod -R go-w "$release"
	build_i2c "$release"
	# What only builds and tests need is more than half of it.
	(cd "$release" && npm prune --omit=dev --ignore-scripts --offline --no-audit --no-fund >/dev/null 2>&1) ||
		say 'note: the tools that built it stay beside it'
	mkdir -p "$(dirname "$command")"
	ln -sfn /opt/pilotwire/current/packages/cli/bin/pilotwire.js "$command"
}

# Of what runs on a Pi only the binding of I2C has no builds. npm leaves out what it can't build: a machine without a
# compiler comes here without it. Only who has boards needs it.
build_i2c() {
	if [ -n "$root" ] || ! has_i2c || binds_i2c "$1"; then return 0; fi
	say 'I2C: its binding is built, as there is no build of it to be had; this takes some minutes'
	get_packages g++ make python3 || true
	# Node's own packages bring its headers; without them they are fetched.
	if [ -f /usr/include/node/node.h ]; then export npm_config_nodedir=/usr; fi
	# Without a network npm would go on trying for half an hour, without a word.
	(cd "$1" && timeout --foreground 900 npm install --omit=dev --ignore-scripts --no-audit --no-fund --fetch-retries=1 \
		--fetch-retry-mintimeout=1000 --fetch-timeout=30000 && timeout --foreground 900 npm rebuild i2c-bus) >/dev/null 2>&1 || true
	if binds_i2c "$1"; then return 0; fi
	# Radiators that go on by the wires' last orders look like an upgrade that went well.
	if [ -n "$former" ] && binds_i2c "$opt/$former"; then
		rm -rf "$1"
		fail 'Nothing was changed: the new version could not drive the boards, as its binding of I2C can not be built. With a network: sudo apt install g++ make python3, then type it again.'
	fi
	say 'note: no board can be driven yet, as the binding of I2C could not be built. With a network: sudo apt install g++ make python3, then type this again.'
}
has_i2c() { [ -n "$(boot_folder)" ] || compgen -G '/dev/i2c-*' >/dev/null; }
binds_i2c() { (cd "$1" && node -e 'require("i2c-bus")' 2>/dev/null); }

use_release() {
	ln -sfn "$1" "$opt/current.new"
	mv -T "$opt/current.new" "$opt/current"
}

# All but the one that runs and the one before it.
forget_old_releases() {
	local release
	for release in "$opt"/releases/*; do
		case ${release#"$opt/"} in "$(readlink "$opt/current")" | "$former") continue ;; esac
		rm -rf "$release"
	done
}

install_files() {
	run mkdir -p "$etc" "$data" "$backups"
	if [ ! -f "$etc/house.yaml" ]; then
		put "$etc/house.yaml" 640 "$(cat "$here/deploy/house.yaml")"
		run chown pilotwire:pilotwire "$etc/house.yaml"
	fi
	# Pages change the file, by putting another in its place.
	run chown root:pilotwire "$etc"
	run chmod 770 "$etc"
	run chown pilotwire:pilotwire "$data" "$backups"
	run chmod 700 "$data" "$backups"
}
