/* SPDX-License-Identifier: MIT
 * bpf.c - classic BPF: a program that looks at a packet and says how much of it is wanted.
 * Not here: attaching a program to a socket (packet_sockopt.c).
 * packet_sockopt.c checks programs, af_packet.c runs them. Calls nothing.
 * Source: McCanne and Jacobson, "The BSD Packet Filter", USENIX 1993; Linux's
 * Documentation/networking/filter.rst. */
#include "net/packet/bpf.h"
#include "kernel/lib/errno.h"

#define MEMORY_WORDS 16
#define BPF_AD_OFF   0xfffff000u /* Linux's SKF_AD_OFF */

/* A code is a class, and in it what is loaded from where, or which operation on what. */
enum {
	CLASS = 0x07,
	LD = 0x00,
	LDX = 0x01,
	ST = 0x02,
	STX = 0x03,
	ALU = 0x04,
	JMP = 0x05,
	RET = 0x06,
	MISC = 0x07,
	SIZE = 0x18, /* of a load: word, half, byte */
	HALF = 0x08,
	BYTE = 0x10,
	MODE = 0xe0,
	IMM = 0x00,
	ABS = 0x20,
	IND = 0x40,
	MEM = 0x60,
	LEN = 0x80,
	MSH = 0xa0, /* four times the low half of a byte: the length of an IPv4 header */
	OP = 0xf0,
	ADD = 0x00,
	SUB = 0x10,
	MUL = 0x20,
	DIV = 0x30,
	OR = 0x40,
	AND = 0x50,
	LSH = 0x60,
	RSH = 0x70,
	NEG = 0x80,
	MOD = 0x90,
	XOR = 0xa0,
	JA = 0x00,
	JEQ = 0x10,
	JGT = 0x20,
	JGE = 0x30,
	JSET = 0x40,
	X = 0x08,     /* the operand is X, not k */
	RET_A = 0x10, /* the answer is A, not k */
	TXA = 0x80    /* A = X, not X = A */
};

/* ---- checking --------------------------------------------------------------------------- */

/* Beyond the packet Linux keeps more than is here: refused, libpcap filters by itself. */
static bool place_known(u32 at)
{
	return at <= INT32_MAX ||
	       (at >= BPF_AD_OFF && at - BPF_AD_OFF < 4 * BPF_AUX_N && at % 4 == 0);
}

static bool load_known(const struct sock_filter *f)
{
	u32 mode = f->code & MODE, size = f->code & SIZE;

	if (size == (HALF | BYTE))
		return false;
	if (f->code & CLASS) /* LDX knows less */
		return f->code == (LDX | BYTE | MSH) ||
		       (size == 0 && (mode == IMM || mode == MEM || mode == LEN));
	return (mode == ABS && place_known(f->k)) || mode == IND ||
	       (size == 0 && (mode == IMM || mode == MEM || mode == LEN));
}

static bool alu_known(const struct sock_filter *f)
{
	u32 op = f->code & OP;
	bool by_k = !(f->code & X);

	if (op > XOR || (op == NEG && !by_k))
		return false;
	if ((op == DIV || op == MOD) && by_k && f->k == 0)
		return false;
	return !((op == LSH || op == RSH) && by_k && f->k > 31);
}

/* left: instructions behind this one. */
static bool jump_known(const struct sock_filter *f, u32 left)
{
	if (f->code == (JMP | JA))
		return f->k < left;
	return (f->code & OP) >= JEQ && (f->code & OP) <= JSET && f->jt < left && f->jf < left;
}

static bool known(const struct sock_filter *f, u32 left)
{
	bool memory = (f->code & CLASS) <= LDX && (f->code & MODE) == MEM;

	if (f->code > 0xff)
		return false;
	switch (f->code & CLASS) {
	case LD:
	case LDX:
		return load_known(f) && !(memory && f->k >= MEMORY_WORDS);
	case ST:
	case STX:
		return f->code == (f->code & CLASS) && f->k < MEMORY_WORDS;
	case ALU:
		return alu_known(f);
	case JMP:
		return jump_known(f, left);
	case RET:
		return f->code == RET || f->code == (RET | RET_A);
	}
	return f->code == MISC || f->code == (MISC | TXA);
}

int bpf_check(const struct sock_filter *program, u32 n)
{
	if (n == 0 || n > BPF_MAXINSNS)
		return -EINVAL;
	for (u32 i = 0; i < n; i++)
		if (!known(&program[i], n - 1 - i))
			return -EINVAL;
	return (program[n - 1].code & CLASS) == RET ? 0 : -EINVAL;
}

/* ---- running ---------------------------------------------------------------------------- */

struct machine {
	const struct sk_buff *skb;
	u32 offset, len; /* where the packet begins in it, and its bytes from there on */
	const u32 *aux;  /* [BPF_AUX_N] */
	u32 a, x, memory[MEMORY_WORDS];
};

/* size: as in the code. Returns false beyond the packet. */
static bool load_bytes(const struct machine *m, u32 at, u32 size, u32 *value)
{
	u32 n = size == BYTE ? 1 : size == HALF ? 2 : 4;
	u8 bytes[4];

	if (at >= BPF_AD_OFF && at - BPF_AD_OFF < 4 * BPF_AUX_N && at % 4 == 0) {
		*value = m->aux[(at - BPF_AD_OFF) / 4];
		return true;
	}
	if (at > m->len || !skb_bits(m->skb, m->offset + at, bytes, n))
		return false;
	*value = 0;
	for (u32 i = 0; i < n; i++)
		*value = *value << 8 | bytes[i];
	return true;
}

static bool load(const struct machine *m, const struct sock_filter *f, u32 *value)
{
	switch (f->code & MODE) {
	case IMM:
		*value = f->k;
		return true;
	case MEM:
		*value = m->memory[f->k];
		return true;
	case LEN:
		*value = m->len;
		return true;
	case MSH:
		if (!load_bytes(m, f->k, BYTE, value))
			return false;
		*value = (*value & 15) * 4;
		return true;
	case IND:
		return load_bytes(m, m->x + f->k, f->code & SIZE, value);
	}
	return load_bytes(m, f->k, f->code & SIZE, value);
}

static bool calculate(u32 *a, u32 op, u32 v)
{
	switch (op) {
	case ADD:
		*a += v;
		break;
	case SUB:
		*a -= v;
		break;
	case MUL:
		*a *= v;
		break;
	case OR:
		*a |= v;
		break;
	case AND:
		*a &= v;
		break;
	case XOR:
		*a ^= v;
		break;
	case LSH:
		*a <<= v & 31;
		break;
	case RSH:
		*a >>= v & 31;
		break;
	case NEG:
		*a = 0 - *a;
		break;
	default: /* DIV, MOD */
		if (v == 0)
			return false;
		*a = op == DIV ? *a / v : *a % v;
	}
	return true;
}

static u32 jump(const struct machine *m, const struct sock_filter *f, u32 v)
{
	bool holds;

	switch (f->code & OP) {
	case JA:
		return f->k;
	case JEQ:
		holds = m->a == v;
		break;
	case JGT:
		holds = m->a > v;
		break;
	case JGE:
		holds = m->a >= v;
		break;
	default:
		holds = m->a & v;
	}
	return holds ? f->jt : f->jf;
}

u32 bpf_run(const struct sock_filter *f, const struct sk_buff *skb, u32 offset,
	const u32 aux[BPF_AUX_N])
{
	struct machine m = {
		.skb = skb, .offset = offset, .len = skb_total_len(skb) - offset, .aux = aux
	};

	for (;; f++) {
		u32 operand = f->code & X ? m.x : f->k;
		bool good = true;

		switch (f->code & CLASS) {
		case LD:
			good = load(&m, f, &m.a);
			break;
		case LDX:
			good = load(&m, f, &m.x);
			break;
		case ST:
			m.memory[f->k] = m.a;
			break;
		case STX:
			m.memory[f->k] = m.x;
			break;
		case ALU:
			good = calculate(&m.a, f->code & OP, operand);
			break;
		case JMP:
			f += jump(&m, f, operand);
			break;
		case RET:
			return f->code & RET_A ? m.a : f->k;
		case MISC:
			*(f->code & TXA ? &m.a : &m.x) = f->code & TXA ? m.x : m.a;
		}
		if (!good)
			return 0;
	}
}
