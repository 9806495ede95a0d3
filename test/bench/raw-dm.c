/*
 * The plainest program that does what the executor asks of the kernel: one open control node, four ioctls a device, and
 * its node. Arguments: how to go about it (turns: one device after the other, made and removed; all: all made, then all
 * removed; make; remove), how many devices. Prints nanoseconds for making and for removing.
 */
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

static int control;

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
  snprintf(header->name, sizeof header->name, "raw%d", device);
  if (ioctl(control, request, header) == 0)
    return;
  perror(header->name);
  exit(1);
}

static const char *node(int device)
{
  static char path[64];
  snprintf(path, sizeof path, "/dev/mapper/raw%d", device);
  return path;
}

static void make(int device)
{
  struct dm_ioctl create = {0}, resume = {0};
  struct load load = {0};

  ask(DM_DEV_CREATE, &create, sizeof create, device);
  load.header.data_start = sizeof load.header;
  load.header.target_count = 1;
  load.target.length = 8;
  load.target.next = sizeof load.target + sizeof load.params;
  strcpy(load.target.target_type, "zero");
  ask(DM_TABLE_LOAD, &load.header, sizeof load, device);
  ask(DM_DEV_SUSPEND, &resume, sizeof resume, device);
  if (mknod(node(device), S_IFBLK | 0600, resume.dev) != 0) {
    perror("mknod");
    exit(1);
  }
}

static void take(int device)
{
  struct dm_ioctl header = {0};
  ask(DM_DEV_REMOVE, &header, sizeof header, device);
  unlink(node(device));
}

int main(int count, char **words)
{
  const char *how = words[1];
  const int devices = atoi(words[2]);
  int64_t making = 0, removing = 0;
  (void)count;

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
