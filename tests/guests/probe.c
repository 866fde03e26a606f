/* Uses what a program uses of WASI and says what it saw; the same in probe.go and probe.rs. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

int main(int argc, char **argv) {
  for (int i = 1; i < argc; ++i) printf("arg %s\n", argv[i]);
  printf("env %s\n", getenv("PROBE") ? getenv("PROBE") : "");
  char line[256] = "";
  if (fgets(line, sizeof line, stdin)) line[strcspn(line, "\n")] = 0;
  printf("stdin %s\n", line);
  mkdir("/scratch", 0777);
  FILE *file = fopen("/scratch/a.txt", "w");
  fputs("written", file);
  fclose(file);
  rename("/scratch/a.txt", "/scratch/b.txt");
  struct stat info;
  stat("/scratch/b.txt", &info);
  printf("size %d\n", (int)info.st_size);
  file = fopen("/data/given.txt", "r");
  if (file && fgets(line, sizeof line, file)) printf("given %s\n", line);
  if (file) fclose(file);
  char *names[16];
  int count = 0;
  DIR *dir = opendir("/scratch");
  for (struct dirent *entry; (entry = readdir(dir)) && count < 16;)
    if (entry->d_name[0] != '.') names[count++] = strdup(entry->d_name);
  closedir(dir);
  qsort(names, (size_t)count, sizeof names[0], by_name);
  for (int i = 0; i < count; ++i) printf("entry %s\n", names[i]);
  printf("missing %d\n", access("/nowhere", F_OK) != 0 && errno == ENOENT);
  time_t now = time(NULL);
  printf("year %d\n", gmtime(&now)->tm_year + 1900 >= 2000);
  unsigned char random[8];
  printf("random %d\n", getentropy(random, sizeof random) == 0);
  mkdir("/out", 0777);
  file = fopen("/out/result.txt", "w");
  fputs("result", file);
  fclose(file);
  fflush(stdout);
  fputs("to the log\n", stderr);
  return 3;
}
