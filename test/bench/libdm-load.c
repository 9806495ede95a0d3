/*
 * The peer for planning: reads a table's text, adds every line to a libdevmapper task and runs it, as dmsetup does. The
 * ioctl itself is taken out: what is measured is libdevmapper's parsing, adding and marshalling. Prints nanoseconds.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <libdevmapper.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static size_t marshalled;

/* In the executable this stands before libc's, for libdevmapper too. */
int ioctl(int fd, unsigned long request, ...) {
  va_list arguments;
  va_start(arguments, request);
  uint32_t *header = va_arg(arguments, uint32_t *);
  va_end(arguments);
  (void)fd;
  if ((request & 0xff00) != 0xfd00) return -1;
  if ((request & 0xff) == 9) marshalled = header[3];
  header[0] = 4;
  header[1] = 47;
  header[2] = 0;
  return 0;
}

static char *read_all(const char *path, size_t *size) {
  struct stat info;
  int fd = open(path, O_RDONLY);
  if (fd < 0 || fstat(fd, &info) < 0) exit(1);
  char *text = malloc(info.st_size + 1);
  for (*size = 0; *size < (size_t)info.st_size;) {
    ssize_t got = read(fd, text + *size, info.st_size - *size);
    if (got <= 0) exit(1);
    *size += got;
  }
  text[*size] = 0;
  close(fd);
  return text;
}

/* As dmsetup.c _parse_line reads a line. */
static int add_line(struct dm_task *task, char *line) {
  unsigned long long start, length;
  char type[32];
  int used;
  if (sscanf(line, "%llu %llu %31s %n", &start, &length, type, &used) < 3) return 0;
  return dm_task_add_target(task, start, length, type, line + used);
}

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000ull + time.tv_nsec;
}

int main(int argc, char **argv) {
  size_t size;
  if (argc != 3) return 1;
  /* Memory stays, as the planner's does: page faults are dear in the throwaway kernel. */
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_MMAP_MAX, 0);
  char *text = read_all(argv[1], &size);
  char *copy = malloc(size + 1);
  for (int round = atoi(argv[2]); round > 0; round--) {
    memcpy(copy, text, size + 1);
    uint64_t before = now();
    struct dm_task *task = dm_task_create(DM_DEVICE_RELOAD);
    if (!task || !dm_task_set_name(task, "bench")) return 1;
    for (char *line = strtok(copy, "\n"); line; line = strtok(NULL, "\n"))
      if (!add_line(task, line)) return 1;
    if (!dm_task_run(task)) return 1;
    dm_task_destroy(task);
    printf("%llu %zu\n", (unsigned long long)(now() - before), marshalled);
  }
  return 0;
}
