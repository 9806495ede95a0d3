/*
 * The plainest program that does what the executor asks of the kernel: one open control node, four ioctls a device, and
 * its node. Arguments: how to go about it (turns: one device after the other, made and removed; all: all made, then all
 * removed; make; remove); how many devices; how much of the executor's care (0: none; 1: it asks for the state before
 * each step; 2: and writes its journal, and looks where the node goes); the number of the first device. Prints
 * nanoseconds for making and for removing.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int control, journal, care, first;

struct load {
  struct dm_ioctl header;
  struct dm_target_spec target;
  char params[8];
};

static int64_t now(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void ask(unsigned long request, struct dm_ioctl *header, size_t size, int device)
{
  header->version[0] = DM_VERSION_MAJOR;
  header->data_size = size;
  snprintf(header->name, sizeof header->name, "raw%d", first + device);
  if (ioctl(control, request, header) == 0)
    return;
  /* Before it is made there is nothing to ask about. */
  if (request == DM_DEV_STATUS && errno == ENXIO)
    return;
  perror(header->name);
  exit(1);
}

/* What the executor asks about before each step that it may have to undo. */
static void look(int device)
{
  struct dm_ioctl status = {0};
  if (care >= 1)
    ask(DM_DEV_STATUS, &status, sizeof status, device);
}

/* And what it writes down, a line for each step that leaves something to undo. */
static void owe(int device)
{
  char line[80];
  const int size = snprintf(line, sizeof line, "{\"step\":0,\"command\":4,\"name\":\"raw%d\",\"uuid\":\"\",\"dev\":0}\n", device);
  if (care >= 2 && write(journal, line, size) != size)
    exit(1);
}

/* udev's control socket, and what has the node's name. */
static void look_at_node(const char *path)
{
  struct stat found;
  if (care < 2)
    return;
  stat("/run/udev/control", &found);
  lstat(path, &found);
}

static const char *node(int device)
{
  static char path[64];
  snprintf(path, sizeof path, "/dev/mapper/raw%d", first + device);
  return path;
}

static void make(int device)
{
  struct dm_ioctl create = {0}, resume = {0};
  struct load load = {0};

  look(device);
  owe(device);
  ask(DM_DEV_CREATE, &create, sizeof create, device);
  load.header.data_start = sizeof load.header;
  load.header.target_count = 1;
  load.target.length = 8;
  load.target.next = sizeof load.target + sizeof load.params;
  strcpy(load.target.target_type, "zero");
  look(device);
  owe(device);
  ask(DM_TABLE_LOAD, &load.header, sizeof load, device);
  look(device);
  ask(DM_DEV_SUSPEND, &resume, sizeof resume, device);
  look_at_node(node(device));
  if (mknod(node(device), S_IFBLK | 0600, resume.dev) != 0) {
    perror("mknod");
    exit(1);
  }
  if (care >= 2 && ftruncate(journal, 0) != 0)
    exit(1);
}

static void take(int device)
{
  struct dm_ioctl header = {0};
  look(device);
  ask(DM_DEV_REMOVE, &header, sizeof header, device);
  look_at_node(node(device));
  unlink(node(device));
}

int main(int count, char **words)
{
  const char *how = words[1];
  const int devices = atoi(words[2]);
  int64_t making = 0, removing = 0;

  care = count > 3 ? atoi(words[3]) : 0;
  first = count > 4 ? atoi(words[4]) : 0;
  if (care >= 2)
    journal = open("/run/raw-dm.journal", O_WRONLY | O_APPEND | O_CREAT | O_TRUNC, 0600);
  control = open("/dev/mapper/control", O_RDWR);
  if (control < 0) {
    perror("/dev/mapper/control");
    return 1;
  }
  if (strcmp(how, "turns") == 0)
    for (int i = 0; i < devices; i++) {
      const int64_t began = now();
      make(i);
      const int64_t made = now();
      take(i);
      making += made - began;
      removing += now() - made;
    }
  else {
    const int64_t began = now();
    for (int i = 0; i < devices && strcmp(how, "remove") != 0; i++)
      make(i);
    const int64_t made = now();
    for (int i = 0; i < devices && strcmp(how, "make") != 0; i++)
      take(i);
    making = made - began;
    removing = now() - made;
  }
  printf("%lld %lld\n", (long long)making, (long long)removing);
  return 0;
}
