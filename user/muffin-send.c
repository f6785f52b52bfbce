/* SPDX-License-Identifier: MIT
 * muffin-send.c - the program where the muffin's journey begins: resolve, open, send.
 * Not here: anything of this kernel's; it runs on Linux as well.
 * Built in; replaced by a boot module. Usage: muffin-send [host [message]], or --help
 * Source: getaddrinfo(3), socket(2), sendto(2). */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT    "4747"
#define HOST    "b"
#define MESSAGE "muffin"

enum {
	EXIT_OK,
	EXIT_RESOLVE,
	EXIT_SOCKET,
	EXIT_SEND
};

/* The first address that a socket can be opened for. Returns the descriptor, or -1. */
static int open_socket(const struct addrinfo *list, const struct addrinfo **chosen)
{
	for (const struct addrinfo *ai = list; ai; ai = ai->ai_next) {
		int fd = socket(ai->ai_family, ai->ai_socktype, ai->ai_protocol);

		*chosen = ai;
		if (fd >= 0)
			return fd;
	}
	return -1;
}

static int send_to(const struct addrinfo *list, const char *message)
{
	const struct addrinfo *to;
	size_t len = strlen(message);
	int fd = open_socket(list, &to);
	ssize_t sent;

	if (fd < 0) {
		printf("no socket: %s\n", strerror(errno));
		return EXIT_SOCKET;
	}
	sent = sendto(fd, message, len, 0, to->ai_addr, to->ai_addrlen);
	if (sent < 0)
		printf("not sent: %s\n", strerror(errno));
	else if ((size_t)sent < len)
		printf("only %zd of %zu bytes sent\n", sent, len);
	else
		printf("%s sent :)\n", message);
	close(fd);
	return sent == (ssize_t)len ? EXIT_OK : EXIT_SEND;
}

static const char usage[] =
	"usage: muffin-send [host [message]]\n"
	"Sends one UDP datagram to port " PORT ", \"" MESSAGE "\" to \"" HOST "\" unless told.\n"
	"Built into muffin it is told behind the last word of the kernel's command line:\n"
	"  ip=10.0.2.15::10.0.2.2:255.255.255.0 -- 10.0.2.2 hello\n"
	"Exit status: 0 sent, 1 the name cannot be resolved, 2 no socket, 3 not sent.\n";

int main(int argc, char **argv)
{
	const char *host = argc > 1 ? argv[1] : HOST;
	const char *message = argc > 2 ? argv[2] : MESSAGE;
	const struct addrinfo hints = {
		.ai_family = AF_INET, .ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICSERV
	};
	struct addrinfo *list;
	int err, status;

	if (strcmp(host, "--help") == 0) {
		fputs(usage, stdout);
		return EXIT_OK;
	}
	err = getaddrinfo(host, PORT, &hints, &list);
	if (err) {
		printf("cannot resolve '%s': %s (the kernel's word hosts=%s:<address> names it)\n",
			host, gai_strerror(err), host);
		return EXIT_RESOLVE;
	}
	status = send_to(list, message);
	freeaddrinfo(list);
	return status;
}
