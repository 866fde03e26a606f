/* Joins what there is: /in/alert or /in/calm, then the counts. */
#include <stdio.h>

static int copy(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) return 0;
  char buffer[4096];
  for (size_t n; (n = fread(buffer, 1, sizeof buffer, file)) > 0;) fwrite(buffer, 1, n, stdout);
  fclose(file);
  return 1;
}

int main(void) {
  int notes = copy("/in/alert") + copy("/in/calm");
  if (!copy("/in/counts")) puts("(the counts are missing)");
  return notes == 1 ? 0 : 1;
}
