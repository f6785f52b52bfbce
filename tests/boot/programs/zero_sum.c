/* SPDX-License-Identifier: MIT
 * zero_sum.c - sends two bytes that make the UDP checksum come out as zero.
 * Not here: what is then on the wire (test_muffin.py).
 * Usage: zero_sum <address>
 * Source: RFC 768, RFC 1071. */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>

#define PORT    4747
#define UDP_LEN 10

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PORT) }, from;
	socklen_t len = sizeof(from);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	uint32_t src, dst, sum;
	uint16_t word;

	if (argc < 2 || inet_pton(AF_INET, argv[argc - 1], &to.sin_addr) != 1)
		return 1;
	if (connect(fd, (void *)&to, sizeof(to)) < 0 || getsockname(fd, (void *)&from, &len) < 0)
		return 2;
	src = ntohl(from.sin_addr.s_addr);
	dst = ntohl(to.sin_addr.s_addr);
	sum = (src >> 16) + (src & 0xffff) + (dst >> 16) + (dst & 0xffff) + IPPROTO_UDP + UDP_LEN;
	sum += ntohs(from.sin_port) + PORT + UDP_LEN;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	word = htons((uint16_t)~sum); /* all together now sum up to 0xffff, whose complement is 0 */
	return send(fd, &word, sizeof(word), 0) == sizeof(word) ? 0 : 3;
}
