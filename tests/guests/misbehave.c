/* Goes wrong in the way its first argument names. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static volatile int depth;

/* Nothing in linear memory, so that it is the engine's stack that ends. */
__attribute__((noinline)) static int recurse(int n) { return depth ? n : recurse(n + 1) * 3 + depth; }

static void fill(int fd, size_t total) {
  static char block[65536];
  memset(block, 'x', sizeof block);
  for (size_t done = 0; done < total; done += sizeof block)
    if (write(fd, block, sizeof block) < 0) {
      perror("write");
      exit(9);
    }
}

int main(int argc, char **argv) {
  const char *how = argc > 1 ? argv[1] : "";
  fprintf(stderr, "misbehave: %s\n", how);
  if (!strcmp(how, "exit")) return argc > 2 ? atoi(argv[2]) : 1;
  if (!strcmp(how, "trap")) __builtin_trap();
  if (!strcmp(how, "loop"))
    for (;;) ++depth;
  if (!strcmp(how, "recurse")) return recurse(1);
  if (!strcmp(how, "sleep")) return usleep(argc > 2 ? (useconds_t)atoi(argv[2]) * 1000 : 60000000) ? 1 : 0;
  if (!strcmp(how, "null")) {
    int (*volatile function)(void) = NULL;
    return function();
  }
  if (!strcmp(how, "memory")) {
    size_t total = 0;
    for (char *volatile p; (p = malloc(1 << 20)); total += 1 << 20) memset(p, 1, 1 << 20);
    printf("%zu MiB\n", total >> 20);
    return 8;
  }
  if (!strcmp(how, "output")) fill(1, (size_t)3 << 30);
  if (!strcmp(how, "log")) fill(2, (size_t)8 << 20);
  if (!strcmp(how, "files")) {
    for (int i = 0;; ++i) {
      char name[32];
      snprintf(name, sizeof name, "/f%d", i);
      int fd = open(name, O_CREAT | O_WRONLY, 0666);
      if (fd < 0) {
        perror("open");
        printf("%d files\n", i);
        return 7;
      }
      close(fd);
    }
  }
  if (!strcmp(how, "disk")) {
    int fd = open("/big", O_CREAT | O_WRONLY, 0666);
    fill(fd, (size_t)3 << 30);
  }
  return 0;
}
