/* Does nothing: what a fresh instance costs. */
int main(void) { return 0; }
