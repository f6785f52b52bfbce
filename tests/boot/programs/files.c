/* SPDX-License-Identifier: MIT
 * files.c - reads files through stdio, open, stat, lseek, and says what it saw.
 * Not here: which files there are (test_programs.py).
 * Usage: files <path>...
 * Source: open(2), stat(2), lseek(2), stdio(3). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void show(const char *path)
{
	struct stat st;
	char line[256], last = 0;
	FILE *file = fopen(path, "r");
	int fd;

	if (!file) {
		printf("%s: %s\n", path, strerror(errno));
		return;
	}
	while (fgets(line, sizeof(line), file))
		printf("%s> %s%s", path, line, strchr(line, '\n') ? "" : "\n");
	fclose(file);
	stat(path, &st);
	fd = open(path, O_RDONLY);
	if (lseek(fd, -1, SEEK_END) >= 0)
		read(fd, &last, 1);
	printf("%s: %lld bytes, regular %d, last %d\n", path, (long long)st.st_size,
		S_ISREG(st.st_mode), last);
	close(fd);
}

static void try_to_write(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	printf("create %s: %s\n", path, fd < 0 ? strerror(errno) : "opened");
	fd = open("/etc/hosts", O_RDONLY);
	printf("write to it: %s\n", write(fd, "x", 1) < 0 ? strerror(errno) : "written");
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		show(argv[i]);
	try_to_write("/new");
	return 0;
}
