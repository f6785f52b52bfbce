/* SPDX-License-Identifier: MIT
 * sniff.c - hears what is on eth0, as a capture program does: a packet socket of all ethertypes.
 * Not here: whether it should have been heard (test_packet.py).
 * Usage: sniff [promisc]. Says what it hears until that is a frame with the text "end".
 * Source: packet(7). */
#include <arpa/inet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "check.h"

int main(int argc, char **argv)
{
	int s = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)), yes = 1;
	struct ifreq index = { .ifr_name = "eth0" };
	unsigned char frame[2048], control[64];
	struct sockaddr_ll from;
	struct iovec iov = { frame, sizeof(frame) };
	struct msghdr msg = {
		.msg_name = &from, .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control
	};
	struct packet_mreq mreq = { .mr_type = PACKET_MR_PROMISC };

	(void)argv;
	ioctl(s, SIOCGIFINDEX, &index);
	mreq.mr_ifindex = index.ifr_ifindex;
	CHECK("options", setsockopt(s, SOL_SOCKET, SO_TIMESTAMP, &yes, sizeof(yes)) == 0);
	if (argc > 1)
		CHECK("join",
			setsockopt(s, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &mreq, sizeof(mreq)) == 0);
	ioctl(s, SIOCGIFFLAGS, &index);
	printf("= promiscuous: %d\n", (index.ifr_flags & IFF_PROMISC) != 0);
	for (;;) {
		struct timeval now, then;
		ssize_t n;

		msg.msg_namelen = sizeof(from);
		msg.msg_controllen = sizeof(control);
		n = recvmsg(s, &msg, 0);
		if (n < 0 || memcmp(frame + ETH_HLEN, "end", 3) == 0)
			return n < 0 || checks_failed;
		gettimeofday(&now, NULL);
		memcpy(&then, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(then));
		CHECK("its time", now.tv_sec - then.tv_sec <= 60);
		printf("heard %zd bytes, type %d, to %02x:..:%02x\n", n, from.sll_pkttype, frame[0],
			frame[5]);
	}
}
