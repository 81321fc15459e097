#!/bin/sh
# Records @what@ with ftrace for @seconds@ s, for: haltlab replay
# Needs root, tracefs and coreutils. What it sets up is an instance of its own, which is removed again whatever happens;
# Ctrl-C ends the recording early and keeps what there is.
set -u

out=@out@
tracefs=${TRACEFS:-/sys/kernel/tracing}
modules=${MODULES:-/sys/module}
[ -d "$tracefs/events" ] || tracefs=${TRACEFS:-/sys/kernel/debug/tracing}
instance=$tracefs/instances/haltlab-$$

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

cleanup() {
  if [ -d "$instance" ] && ! rmdir "$instance"; then
    printf '%s\n' "cannot remove $instance; remove it: rmdir $instance" >&2
  fi
}

# Enables an event under a filter; $3 says whether a recording without it is worth nothing.
record() {
  if [ ! -d "$instance/events/$1" ]; then
    [ "$3" = required ] && fail "this kernel has no event $1, which a recording needs"
    printf '%s\n' "this kernel has no event $1; recorded without it" >&2
  elif [ -n "$2" ] && ! printf '%s' "$2" 2>/dev/null >"$instance/events/$1/filter"; then
    printf '%s\n' "the kernel refused the filter of $1; recorded without that event" >&2
  else
    echo 1 >"$instance/events/$1/enable"
  fi
}

# A line of the recording's head: a module's parameter, empty where the module is not loaded.
parameter() {
  value=
  [ -r "$modules/$2" ] && read -r value <"$modules/$2"
  echo "# haltlab $1=$value"
}

[ -d "$tracefs/events" ] || fail "tracefs is not mounted: mount it as root: mount -t tracefs nodev /sys/kernel/tracing"
[ -w "$tracefs/instances" ] || fail "$tracefs/instances is not writable: run this as root (sudo)"
[ ! -e "$out" ] || fail "$out exists already: move it away, or change out= in this script"

trap cleanup EXIT
trap 'exit 130' INT TERM HUP
mkdir "$instance" || fail "cannot make $instance; a kernel in lockdown refuses it"
[ -d "$instance/events/@system@" ] || fail "this kernel has no events/@system@: @missing@"

echo 0 >"$instance/tracing_on" || exit 1
echo mono >"$instance/trace_clock" || exit 1
set -- "$instance"/per_cpu/cpu*
echo $((@bufferKb@ / $# + 1)) >"$instance/buffer_size_kb" || exit 1
@events@

head=$(
  echo "# haltlab kernel=$(uname -r)"
  echo "# haltlab kind=@kind@"
  echo "# haltlab running=1"
@parameters@
)

pack=cat
case $out in *.gz) pack='gzip -c' ;; esac
trap : INT # it ends the sleep, not the script
echo 1 >"$instance/tracing_on" || exit 1
sleep @seconds@
echo 0 >"$instance/tracing_on" || exit 1
{ printf '%s\n' "$head" && cat "$instance/trace"; } | $pack >"$out" || fail "cannot write $out"
printf '%s\n' "recorded into $out" >&2
