/* SPDX-License-Identifier: MIT
 * paths.c - what paths name, and what there is to know of it: stat, open, access, chdir by every way round.
 * Not here: the expected answers: paths.linux.txt has Linux's, of the same files on a read-only file system
 * (test_programs.py makes them and says how that was recorded).
 * Prints a table.
 * Source: path_resolution(7), stat(2), statx(2), open(2), access(2), chdir(2). */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"

#define NOWHERE 99

static const char *const paths[] = { "/etc/motd", "/etc//motd", "/etc/./motd", "//etc/motd",
	"/./etc/motd", "/etc/../etc/motd", "/../etc/motd", "/etc/dir/../motd", "/etc/dir/./../motd",
	"/none/../etc/motd", "/etc/motd/../motd", "/etc/motd/", "/etc/motd/.", "/etc/motd/x",
	"/etc/none", "/etc/none/../motd", "/etc/link", "/etc/link/", "/etc/up/etc/motd",
	"/etc/up/..", "/etc/hard", "/etc/other", "/etc/empty", "/etc", "/etc/", "/etc/.",
	"/etc/dir", "/etc/dir/..", "/", "//", "/.", "/..", "/etc/mot", "/etc/motd2", "/ETC/motd",
	"etc/motd", "./etc/motd", ".", "", "/dev/null", "/dev/random", "/dev/urandom",
	"/dev/../etc/motd", "/dev", "/none", "/none/x" };

#define PATHS (sizeof(paths) / sizeof(*paths))

static void show_stat(const char *what, const char *path, int r, const struct stat *st)
{
	printf("= %s %s: ", what, path);
	if (r < 0)
		printf("%s\n", strerror(errno));
	else if (S_ISDIR(st->st_mode))
		printf("folder %o\n", st->st_mode);
	else
		printf("%o size %lld links %lu device %lx\n", st->st_mode, (long long)st->st_size,
			(unsigned long)st->st_nlink, (unsigned long)st->st_rdev);
}

static void check_stat(void)
{
	struct stat st, same;
	int fd;

	for (size_t i = 0; i < PATHS; i++) {
		show_stat("stat", paths[i], stat(paths[i], &st), &st);
		show_stat("lstat", paths[i], lstat(paths[i], &same), &same);
		if (stat(paths[i], &st) < 0 || S_ISDIR(st.st_mode))
			continue;
		fd = open(paths[i], O_RDONLY);
		RESULT("open", fd < 0 ? -1 : 0);
		RESULT("fstat", fstat(fd, &same));
		RESULT("the same", same.st_ino - st.st_ino || same.st_dev != st.st_dev ||
					   same.st_mode != st.st_mode ||
					   same.st_nlink != st.st_nlink ||
					   same.st_rdev != st.st_rdev);
		close(fd);
	}
}

static unsigned long number_of(const char *path)
{
	struct stat st = { 0 };

	return stat(path, &st) ? 0 : st.st_ino;
}

/* The same number or not: all pairs of some. */
static void check_numbers(void)
{
	static const char *const some[] = { "/etc/motd", "/etc/hard", "/etc/other", "/etc/empty",
		"/etc/empty2", "/etc/link", "/etc", "/", "/etc/dir", "/etc/up", "/dev/null",
		"/dev/random" };
	const size_t n = sizeof(some) / sizeof(*some);
	struct stat one, two;
	int sockets[2] = { socket(AF_INET, SOCK_DGRAM, 0), socket(AF_INET, SOCK_DGRAM, 0) };

	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; j < n; j++)
			printf("= %s and %s: %s\n", some[i], some[j],
				number_of(some[i]) == number_of(some[j]) ? "same" : "different");
	fstat(sockets[0], &one);
	fstat(sockets[1], &two);
	RESULT("two sockets", one.st_ino == two.st_ino);
}

struct statx_buf {
	uint32_t mask, blksize;
	uint64_t attributes;
	uint32_t nlink, uid, gid;
	uint16_t mode, pad;
	uint64_t ino, size, blocks, attributes_mask;
	uint64_t times[8];
	uint32_t rdev[2], dev[2];
	uint64_t others[14];
};

static void check_statx(void)
{
	struct statx_buf x;
	struct stat st;
	int fd = open("/etc/motd", O_RDONLY);

	for (size_t i = 0; i < PATHS; i++) {
		RESULT("statx", syscall(SYS_statx, AT_FDCWD, paths[i], 0, 0x7ff, &x));
		if (stat(paths[i], &st) == 0)
			RESULT("as stat", x.ino != st.st_ino || x.mode != st.st_mode ||
						  x.nlink != st.st_nlink ||
						  (long)x.size != st.st_size ||
						  (x.mask & 0x7ff) != 0x7ff ||
						  (x.rdev[0] << 8 | x.rdev[1]) != st.st_rdev);
	}
	RESULT("statx fd", syscall(SYS_statx, fd, "", 0x1000, 0x7ff, &x));
	RESULT("its size", x.size);
	RESULT("statx flags", syscall(SYS_statx, fd, "/etc/motd", 1, 0x7ff, &x));
	RESULT("statx both syncs", syscall(SYS_statx, fd, "", 0x7000, 0x7ff, &x));
	RESULT("statx mask", syscall(SYS_statx, fd, "", 0x1000, 0x80000000, &x));
	RESULT("statx nowhere", syscall(SYS_statx, fd, "", 0x1000, 0x7ff, 8));
	RESULT("fstatat flags", fstatat(fd, "/etc/motd", &st, 1));
	RESULT("fstatat fd", fstatat(fd, "", &st, 0x1000));
	RESULT("fstatat closed", fstatat(NOWHERE, "", &st, 0x1000));
	close(fd);
}

static void check_open(void)
{
	static const int flags[] = { O_RDONLY, O_WRONLY, O_RDWR, O_RDONLY | O_DIRECTORY,
		O_RDONLY | O_NOFOLLOW, O_RDONLY | O_CREAT, O_WRONLY | O_CREAT,
		O_RDONLY | O_CREAT | O_EXCL, O_RDONLY | O_TRUNC };
	static const char *const some[] = { "/etc/motd", "/etc/link", "/dev/null", "/etc/new",
		"/none/new", "/etc/motd/new", "/etc/dangling" };

	for (size_t i = 0; i < sizeof(some) / sizeof(*some); i++)
		for (size_t j = 0; j < sizeof(flags) / sizeof(*flags); j++) {
			char name[64];

			snprintf(name, sizeof(name), "open %s %o", some[i], flags[j]);
			RESULT(name, open(some[i], flags[j], 0600) < 0 ? -1 : 0);
		}
	RESULT("open folder to write", open("/etc", O_WRONLY));
	RESULT("create folder", open("/etc", O_WRONLY | O_CREAT, 0600));
	RESULT("create folder anew", open("/etc", O_WRONLY | O_CREAT | O_EXCL, 0600));
}

static void check_access(void)
{
	static const char *const some[] = { "/etc/motd", "/etc/link", "/etc", "/", "/dev/null",
		"/etc/new", "/etc/dangling", "/etc/empty", "/bin/paths" };

	for (size_t i = 0; i < sizeof(some) / sizeof(*some); i++)
		for (int mode = 0; mode < 8; mode++) {
			char name[64];

			snprintf(name, sizeof(name), "access %s %d", some[i], mode);
			RESULT(name, access(some[i], mode));
		}
	RESULT("access 8", access("/etc/motd", 8));
	RESULT("access -1", access("/etc/motd", -1));
	RESULT("faccessat", faccessat(AT_FDCWD, "etc/motd", R_OK, 0));
	RESULT("faccessat closed", faccessat(NOWHERE, "etc/motd", R_OK, 0));
	RESULT("faccessat, absolute", faccessat(NOWHERE, "/etc/motd", R_OK, 0));
	RESULT("faccessat flags", faccessat(AT_FDCWD, "/etc/motd", R_OK, 0x4000));
}

static void check_chdir(void)
{
	static const char *const some[] = { "/etc", ".", "dir", "..", "../etc/dir/../", "motd",
		"none", "/none", "", "/etc/motd", "/etc/up/etc", "/", "..", "etc" };
	int fd = open("/etc/motd", O_RDONLY);
	char text[64];
	struct stat st;

	for (size_t i = 0; i < sizeof(some) / sizeof(*some); i++) {
		printf("= to %s\n", some[i]);
		RESULT("chdir", chdir(some[i]));
		printf("= now %s\n", getcwd(text, sizeof(text)));
		RESULT("motd", access("motd", F_OK));
		RESULT("./motd", access("./motd", F_OK));
		RESULT("../etc/motd", access("../etc/motd", F_OK));
		RESULT("etc/motd", access("etc/motd", F_OK));
	}
	errno = 0;
	printf("= no room: %d %s\n", getcwd(text, 4) != NULL, strerror(errno));
	RESULT("room", getcwd(text, 5) != NULL);
	RESULT("of a file", openat(fd, "motd", O_RDONLY));
	RESULT("of nothing", openat(NOWHERE, "motd", O_RDONLY));
	RESULT("of a socket", openat(socket(AF_INET, SOCK_DGRAM, 0), "motd", O_RDONLY));
	RESULT("absolute", openat(NOWHERE, "/etc/motd", O_RDONLY) < 0 ? -1 : 0);
	RESULT("empty", openat(NOWHERE, "", O_RDONLY));
	RESULT("fstatat", fstatat(fd, "motd", &st, 0));
	RESULT("readlinkat", readlinkat(fd, "link", text, sizeof(text)));
	RESULT("readlinkat here", readlinkat(AT_FDCWD, "link", text, sizeof(text)));
	RESULT("readlink folder", readlink("/etc", text, sizeof(text)));
	RESULT("readlink file", readlink("/etc/motd", text, sizeof(text)));
	RESULT("readlink nothing", readlink("/etc/none", text, sizeof(text)));
	close(fd);
}

int main(void)
{
	chdir("/");
	check_stat();
	check_numbers();
	check_statx();
	check_open();
	check_access();
	check_chdir();
	printf("end of table\n");
	return checks_failed;
}
