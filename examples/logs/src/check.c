/* Counts in; exits 3 when there are more errors than the first argument allows, and says how many. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv) {
  unsigned long limit = argc > 1 ? strtoul(argv[1], NULL, 10) : 0, count, errors = 0;
  char level[16], module[80];
  while (scanf("%lu %15s %79s", &count, level, module) == 3)
    if (strcmp(level, "ERROR") == 0) errors += count;
  printf("%lu errors, %lu allowed\n", errors, limit);
  return errors > limit ? 3 : 0;
}
