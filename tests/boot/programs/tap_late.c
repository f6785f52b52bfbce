/* SPDX-License-Identifier: MIT
 * tap_late.c - a packet socket that comes while a flow is under way, and goes again.
 * Not here: whether the wire has the same frames (test_packet.py).
 * Usage: tap_late <address>. Sends 400 numbered datagrams; shows those that it hears.
 * Source: packet(7). */
#include <arpa/inet.h>
#include <net/ethernet.h>
#include <netpacket/packet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT  4747
#define COMES 300 /* by then every slot of the ring was used */
#define GOES  350
#define COUNT 400

static void show(int s)
{
	unsigned char frame[2048];
	ssize_t n = recv(s, frame, sizeof(frame), MSG_DONTWAIT);

	printf("heard ");
	for (ssize_t i = 0; i < n; i++)
		printf("%02x", frame[i]);
	printf("\n");
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	int udp = socket(AF_INET, SOCK_DGRAM, 0), tap = -1;

	if (argc < 2 || inet_pton(AF_INET, argv[argc - 1], &to.sin_addr) != 1)
		return 1;
	for (int i = 0; i < COUNT; i++) {
		if (i == COMES)
			tap = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
		if (i == GOES)
			close(tap);
		if (sendto(udp, &i, sizeof(i), 0, (void *)&to, sizeof(to)) != sizeof(i))
			return 2;
		if (i >= COMES && i < GOES)
			show(tap);
	}
	return 0;
}
