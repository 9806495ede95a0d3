/*
 * A host that does without any library: asks the planner for the bytes, and hands them to the kernel.
 *   host create NAME TABLE    a table as dmsetup takes it; prints the first 512 bytes of the new device
 *   host remove NAME
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <linux/dm-ioctl.h>
#include "call.h"

static int fail(const char *what) {
  fprintf(stderr, "host: %s: %s\n", what, strerror(errno));
  exit(1);
}

/* MessagePack as the planner reads it: any form of a text will do, so that one of 32 bits is enough. */
static unsigned char *put(unsigned char *at, const char *text) {
  size_t length = strlen(text);
  *at++ = 0xdb;
  for (int shift = 24; shift >= 0; shift -= 8) *at++ = (unsigned char)(length >> shift);
  return (unsigned char *)memcpy(at, text, length) + length;
}

/* { v: 1, action, name } and perhaps { table } */
static answer_t plan(const char *action, const char *name, const char *table) {
  unsigned char *request = malloc(64 + strlen(action) + strlen(name) + (table ? strlen(table) : 0));
  unsigned char *at = request;
  *at++ = table ? 0x84 : 0x83;
  at = put(at, "v");
  *at++ = 1;
  at = put(put(at, "action"), action);
  at = put(put(at, "name"), name);
  if (table) at = put(put(at, "table"), table);
  answer_t answer = ask(Z_plannerZ_plan, request, (u32)(at - request));
  free(request);
  return answer;
}

/* A big-endian number of `size` bytes, at *at. */
static uint32_t take(const unsigned char **at, int size) {
  uint32_t value = 0;
  while (size-- > 0) value = value << 8 | *(*at)++;
  return value;
}

/*
 * Makes the steps of a plan: how many were made before one failed, or -1 when all were.
 * An answer is canonical: { v: 1, steps: [[command, payload], ...] } begins with these bytes, and commands fit into one.
 */
static int apply(answer_t answer, int control, dev_t *device) {
  static const char HEAD[] = "\x82\xa1v\x01\xa5steps";
  if (answer.code != 0) { /* { code, name, message, ... }: names are stable, messages are for people */
    fprintf(stderr, "host: the planner refuses, error %u: %.*s\n", answer.code, (int)answer.length, answer.at);
    exit(1);
  }
  if (memcmp(answer.at, HEAD, sizeof HEAD - 1) != 0) fail("not a plan");
  const unsigned char *at = answer.at + sizeof HEAD - 1;
  int steps = *at++ & 0x0f;
  for (int made = 0; made < steps; made++) {
    at++; /* 0x92: a step is two things */
    unsigned command = *at++;
    uint32_t length = take(&at, 1 << (*at++ - 0xc4)); /* bin 8, 16 or 32 */
    struct dm_ioctl *payload = malloc(length);        /* the kernel writes its reply into it */
    memcpy(payload, at, length);
    at += length;
    int failed = ioctl(control, _IOWR(DM_IOCTL, command, struct dm_ioctl), payload);
    *device = payload->dev;
    free(payload);
    if (failed) return perror("host: ioctl"), made;
  }
  return -1;
}

static void show(dev_t device) {
  char node[64];
  unsigned char sector[512];
  snprintf(node, sizeof node, "/dev/dm-%u", minor(device)); /* the kernel's own name, without udev */
  int file = open(node, O_RDONLY);
  if (file < 0 || read(file, sector, sizeof sector) != sizeof sector) fail(node);
  close(file);
  fwrite(sector, 1, sizeof sector, stdout);
}

int main(int count, char **words) {
  int creates = count == 4 && strcmp(words[1], "create") == 0;
  if (!creates && !(count == 3 && strcmp(words[1], "remove") == 0)) {
    fprintf(stderr, "usage: host create NAME TABLE | host remove NAME\n");
    return 2;
  }
  int control = open("/dev/mapper/control", O_RDWR | O_CLOEXEC);
  if (control < 0) fail("/dev/mapper/control");
  dev_t device = 0;
  start_planner();
  int made = apply(plan(words[1], words[2], creates ? words[3] : NULL), control, &device);
  if (made > 0) apply(plan("remove", words[2], NULL), control, &device); /* what is half done is undone */
  if (made >= 0) return 1;
  if (creates) show(device);
  return 0;
}
