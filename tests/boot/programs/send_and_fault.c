/* SPDX-License-Identifier: MIT
 * send_and_fault.c - sends a datagram and then writes to a null pointer.
 * Not here: what becomes of the datagram (test_faults.py).
 * Usage: send_and_fault <address>
 * Source: none. */
#include <arpa/inet.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(4747) };
	volatile int *volatile nowhere = 0;

	if (argc < 2)
		return 1;
	inet_pton(AF_INET, argv[argc - 1], &to.sin_addr);
	sendto(socket(AF_INET, SOCK_DGRAM, 0), "muffin", 6, 0, (void *)&to, sizeof(to));
	*nowhere = 1;
	return 0;
}
