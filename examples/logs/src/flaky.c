/* Copies stdin to stdout, but fails now and then, as a step that depends on luck does. The luck is the host's random
   bytes: with a seed it is the same every time, and another for each try. */
#include <stdio.h>
#include <unistd.h>

int main(void) {
  unsigned char luck;
  if (getentropy(&luck, 1) != 0) return 2;
  if (luck % 3 != 0) return fprintf(stderr, "flaky: out of luck (%d)\n", luck), 1;
  char buffer[4096];
  for (size_t n; (n = fread(buffer, 1, sizeof buffer, stdin)) > 0;)
    if (fwrite(buffer, 1, n, stdout) != n) return 2;
  return 0;
}
