/* Passes stdin on behind its first argument: "alert: 5 errors, 2 allowed". */
#include <stdio.h>

int main(int argc, char **argv) {
  char buffer[4096];
  printf("%s: ", argc > 1 ? argv[1] : "note");
  for (size_t n; (n = fread(buffer, 1, sizeof buffer, stdin)) > 0;) fwrite(buffer, 1, n, stdout);
  return 0;
}
