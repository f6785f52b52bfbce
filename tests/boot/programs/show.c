/* SPDX-License-Identifier: MIT
 * show.c - says what is behind each path it is given: contents, where a link leads, or the error.
 * Not here: what should be there.
 * test_initrd.py starts it. Usage: show <path|@path>..; @: of a link itself
 * Source: open(2), readlink(2), lstat(2). */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void show_link(const char *path)
{
	char to[64] = "";
	ssize_t n = readlink(path, to, sizeof(to) - 1);
	struct stat st;
	int err = n < 0 ? errno : 0, of_link = lstat(path, &st) == 0 && S_ISLNK(st.st_mode);

	printf("= @%s %s %s", path, err ? strerror(err) : to, of_link ? "link" : "no link");
	if (!err && fstatat(AT_FDCWD, path, &st, AT_SYMLINK_NOFOLLOW) == 0)
		printf(" of %lld", (long long)st.st_size);
	if (open(path, O_RDONLY | O_NOFOLLOW) < 0)
		printf(", not opened: %s", strerror(errno));
	printf("\n");
}

static void show(const char *path)
{
	int fd = open(path, O_RDONLY);
	char buf[64] = "";

	if (fd < 0 || read(fd, buf, sizeof(buf) - 1) < 0)
		snprintf(buf, sizeof(buf), "%s", strerror(errno));
	printf("= %s %s\n", path, buf);
	close(fd);
}

int main(int argc, char **argv)
{
	printf("= argv0 %s\n", argv[0]);
	for (int i = 1; i < argc; i++)
		if (argv[i][0] == '@')
			show_link(argv[i] + 1);
		else
			show(argv[i]);
	return 0;
}
