/* One line of a log in, its level and module out: "2026-01-02T03:04:05 ERROR store: disk is slow" -> "ERROR store". */
#include <stdio.h>
#include <string.h>

int main(void) {
  char line[4096], level[16], module[64];
  size_t size = fread(line, 1, sizeof line - 1, stdin);
  line[size] = 0;
  if (sscanf(line, "%*s %15s %63[^:]", level, module) != 2) return puts("OTHER -"), 0;
  printf("%s %s\n", level, module);
  return 0;
}
