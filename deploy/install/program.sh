# shellcheck shell=bash
# The program, and where its files lie. Part of install.sh.

# A copy of its own for each version: the one before stays, to go back to.
install_program() {
	local version release
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
		--exclude=./.pilotwire --exclude=./node_modules/.cache -cf - . | tar -C "$release" -xf - --no-same-owner
	chmod -R go-w "$release"
	build_i2c "$release"
	# What only builds and tests need is more than half of it.
	(cd "$release" && npm prune --omit=dev --ignore-scripts --offline --no-audit --no-fund >/dev/null 2>&1) ||
		say 'note: the tools that built it stay beside it'
	save_before_upgrade "$release"
	use_release "releases/$(basename "$release")"
	mkdir -p "$(dirname "$command")"
	ln -sfn /opt/pilotwire/current/packages/cli/bin/pilotwire.js "$command"
}

# Of what runs on a Pi only the binding of I2C has no builds. npm leaves out what it can't build: a machine without a
# compiler comes here without it. Only who has boards needs it.
build_i2c() {
	if [ -n "$root" ] || ! has_i2c || binds_i2c "$1"; then return 0; fi
	say 'I2C: its binding is built, as there is no build of it to be had'
	get_packages g++ make python3 || true
	# Node's own packages bring its headers; without them they are fetched.
	if [ -f /usr/include/node/node.h ]; then export npm_config_nodedir=/usr; fi
	(cd "$1" && npm install --omit=dev --ignore-scripts --no-audit --no-fund && npm rebuild i2c-bus) >/dev/null 2>&1 || true
	binds_i2c "$1" || say "note: no board can be driven yet, the binding of I2C is not built: cd $1 && sudo npm rebuild i2c-bus"
}
has_i2c() { [ -n "$(boot_folder)" ] || compgen -G '/dev/i2c-*' >/dev/null; }
binds_i2c() { (cd "$1" && node -e 'require("i2c-bus")' 2>/dev/null); }

# The new version may change the form of what is kept, which the one before doesn't read.
saved=''
save_before_upgrade() {
	if [ -z "$former" ] || ! is_live || ! $start; then return 0; fi
	saved=/var/backups/pilotwire/before-upgrade.tar.gz
	say "backup: $saved"
	local program
	# By the version that runs, or by the new one where that is broken.
	for program in "${PILOTWIRE_COMMAND:-$command}" "$1/packages/cli/bin/pilotwire.js"; do
		if runuser -u pilotwire -- "$program" backup "$saved" --config /etc/pilotwire/house.yaml; then return 0; fi
	done
	fail 'Nothing was changed: what there is can not be saved first. df -h shows the room; pilotwire doctor what is wrong.'
}

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
