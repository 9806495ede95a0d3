/**
 * The guest's side of `frames.ts`, in Perl, which every Debian has (perl-base is essential): starts programs, carries
 * their input and output over the serial line on file descriptor 3, and ends when told to or when the line is gone.
 * Its arguments are the loop devices to report.
 *
 * A program sees pipes, so that it behaves as it does anywhere. What it leaves running keeps no one waiting: its streams
 * end when it does.
 */
export const AGENT_SOURCE: string = String.raw`
use strict;
use Errno;
use Fcntl;
use POSIX ();
use Socket;

my ($received, %programs) = ('');
open(my $line, '+<&=', 3) or die "serial line: $!";
fcntl($line, F_SETFD, FD_CLOEXEC);
$SIG{PIPE} = 'IGNORE';
$SIG{CHLD} = sub {};  # interrupts select

sub emit {
  my ($kind, $number, $payload) = @_;
  my $frame = pack('a1 n n', $kind, $number, length $payload) . $payload;
  while (length $frame) {
    my $written = syswrite($line, $frame);
    if (defined $written) { substr($frame, 0, $written, '') }
    elsif (!$!{EINTR} && !$!{EAGAIN}) { exit 1 }
  }
}

sub loopback_up {
  socket(my $any, AF_INET, SOCK_DGRAM, 0) or return;
  my $request = pack('a16 s x14', 'lo', 0x41);  # IFF_UP, IFF_RUNNING
  ioctl($any, 0x8914, $request);  # SIOCSIFFLAGS
}

sub start {
  my ($number, $to_console, @argv) = @_;
  pipe(my $in, my $feed) or die $!;
  pipe(my $output, my $out) or die $!;
  pipe(my $errors, my $err) or die $!;
  my $pid = fork() // die $!;
  if ($pid == 0) {
    setpgrp();
    $SIG{PIPE} = 'DEFAULT';
    open(STDIN, '<&', $in) && open(STDOUT, '>&', $out) or POSIX::_exit(126);
    open(STDERR, '>&', $err) unless $to_console;
    { no warnings; exec { $argv[0] } @argv; }
    print STDERR "$argv[0]: $!\n";
    POSIX::_exit(127);
  }
  setpgrp($pid, $pid);  # here too, so that a kill right behind finds the group
  fcntl($_, F_SETFL, O_NONBLOCK) for $feed, $output, $errors;
  $programs{$number} = { pid => $pid, feed => $feed, queue => '', o => $output, e => $errors };
}

sub feed {
  my ($number, $program) = @_;
  if (length $program->{queue}) {
    my $taken = syswrite($program->{feed}, $program->{queue}, 65536);
    return if !defined $taken && ($!{EAGAIN} || $!{EINTR});
    $taken = length $program->{queue} unless defined $taken;  # it reads no more: swallow the rest
    substr($program->{queue}, 0, $taken, '');
    emit('t', $number, pack('N', $taken));
  }
  delete $program->{feed} if $program->{closing} && !length $program->{queue};
}

sub relay {
  my ($number, $program, $kind) = @_;
  my $count = sysread($program->{$kind}, my $bytes, 32768);
  return if !defined $count;
  if ($count == 0) { delete $program->{$kind} } else { emit($kind, $number, $bytes) }
}

sub obey {
  my ($kind, $number, $payload) = @_;
  exit 0 if $kind eq 'q';
  return start($number, $kind eq 'S', split(/\0/, $payload, -1)) if $kind eq 's' || $kind eq 'S';
  my $program = $programs{$number} or return;
  if ($kind eq 'k') { kill(-ord($payload), $program->{pid}) }
  elsif ($kind eq 'c') { $program->{closing} = 1; feed($number, $program) }
  elsif ($kind eq 'i' && $program->{feed}) { $program->{queue} .= $payload }
}

sub listen_to_host {
  my $count = sysread($line, $received, 4096, length $received);
  if (!defined $count) { return if $!{EINTR} || $!{EAGAIN}; exit 1 }
  exit 0 if $count == 0;
  emit('r', 0, pack('N', $count));
  while (length $received >= 5) {
    my ($kind, $number, $size) = unpack('a1 n n', $received);
    return if length $received < 5 + $size;
    my $payload = substr($received, 5, $size);
    substr($received, 0, 5 + $size, '');
    obey($kind, $number, $payload);
  }
}

sub reap {
  my ($number, $program) = @_;
  return unless waitpid($program->{pid}, POSIX::WNOHANG) == $program->{pid};
  my $code = $? & 127 ? 128 + ($? & 127) : $? >> 8;
  for my $kind (('o', 'e') x 4) { relay($number, $program, $kind) if $program->{$kind} }
  emit('x', $number, pack('n', $code));
  delete $programs{$number};
}

loopback_up();
emit('b', 0, join("\n", @ARGV));
while (1) {
  my ($readable, $writable, $patience) = ('', '', %programs ? 1 : undef);
  vec($readable, 3, 1) = 1;
  for my $program (values %programs) {
    for my $kind ('o', 'e') { vec($readable, fileno $program->{$kind}, 1) = 1 if $program->{$kind} }
    vec($writable, fileno $program->{feed}, 1) = 1 if $program->{feed} && length $program->{queue};
    $patience = 0.01 unless $program->{o} || $program->{e};
  }
  ($readable, $writable) = ('', '') if select($readable, $writable, undef, $patience) < 0;
  for my $number (keys %programs) {
    my $program = $programs{$number};
    for my $kind ('o', 'e') {
      relay($number, $program, $kind) if $program->{$kind} && vec($readable, fileno $program->{$kind}, 1);
    }
    feed($number, $program) if $program->{feed} && vec($writable, fileno $program->{feed}, 1);
    reap($number, $program);
  }
  listen_to_host() if vec($readable, 3, 1);
}
`;
