/**
 * The end of a guest's init where PID 1 becomes systemd: it reaches a target that wants nothing but the agent. Units of the
 * host are there to be started, and so are those in /etc/systemd/system and /run/systemd/system of the guest; none of
 * them starts by itself, and no generator's are.
 *
 * @param home where the guest keeps what is its own. `$@` are the loop devices.
 */
export function systemdInit(home: string): string {
  return `mkdir -p ${home}/units /run/systemd/system
cat > ${home}/units/dmplan-guest.target <<END_OF_UNIT
[Unit]
Description=The throwaway kernel's agent
Wants=dmplan-guest.service
END_OF_UNIT
cat > ${home}/units/dmplan-guest.service <<END_OF_UNIT
[Unit]
DefaultDependencies=no
[Service]
ExecStart=/bin/sh ${home}/serve $*
Environment=PATH=$PATH HOME=/tmp TERM=dumb DM_DISABLE_UDEV=1 "MODPROBE_OPTIONS=$MODPROBE_OPTIONS"
StandardError=tty
TTYPath=/dev/console
OOMScoreAdjust=-1000
LimitNOFILE=65536
END_OF_UNIT
trap - EXIT
export SYSTEMD_UNIT_PATH=${home}/units:/etc/systemd/system:/run/systemd/system:/lib/systemd/system SYSTEMD_LOG_TARGET=console
exec /lib/systemd/systemd --system --unit=dmplan-guest.target --log-level=warning --show-status=no
`;
}
