/* SPDX-License-Identifier: MIT
 * sockets.h - what the programs of user/ do with sockets alike: names, options, clocks.
 * Not here: what is sent (the programs).
 * Every program of user/ calls in.
 * Source: getaddrinfo(3), ip(7), socket(7). */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

/* socket_resolve - the IPv4 address of a host; the port is left at 0.
 * Returns  false, having said why on stdout: "cannot resolve .." */
bool socket_resolve(const char *host, struct sockaddr_in *address);

/* socket_set - set an option of int size.
 * what     "ttl 300" for the message
 * Returns  false, having said on stderr that it was refused, and why */
bool socket_set(int fd, int level, int name, int value, const char *what);

/* socket_open - a UDP socket, bound to an address and port in host byte order, if one of them is not 0.
 * Returns  the descriptor, or -1, having said why on stderr */
int socket_open(uint32_t address, uint16_t port);

/* socket_join - receive a group, on the device of an address or, with 0, where the route leads.
 * Returns  false, having said why on stderr */
bool socket_join(int fd, uint32_t group, uint32_t device_address);

/* socket_leave_by - what goes to groups leaves by the device that has this address.
 * Returns  false, having said why not on stderr */
bool socket_leave_by(int fd, uint32_t device_address);

/* is_group - whether it is a multicast address, 224.0.0.0/4; host byte order. */
static inline bool is_group(uint32_t address)
{
	return address >> 28 == 0xe;
}

/* clock_now - nanoseconds of CLOCK_MONOTONIC. */
uint64_t clock_now(void);

/* clock_real - nanoseconds of CLOCK_REALTIME, for stamps. */
uint64_t clock_real(void);
