/* SPDX-License-Identifier: MIT
 * regs.h - the 8254x registers and descriptors, as data.
 * Not here: what is done with them (hw.c, tx.c, rx.c).
 * Used by drivers/e1000 only.
 * Source: Intel PCI/PCI-X Family of GbE Controllers Software Developer's Manual (317453), chapter
 * 13; the section of each register stands in its row. */
#pragma once

#include "kernel/lib/types.h"

#define E1000_BAR_BYTES (128u << 10) /* 4.1, table 4-2 */

/* name, offset, access, section. A row more is a register more: in the code, and in the check below. */
#define E1000_REGISTERS(REG)                                                                       \
	REG(CTRL, 0x0000, RW, "13.4.1")                                                            \
	REG(STATUS, 0x0008, RO, "13.4.2")                                                          \
	REG(EECD, 0x0010, RW, "13.4.3")                                                            \
	REG(EERD, 0x0014, RW, "13.4.4")                                                            \
	REG(ICR, 0x00c0, RC, "13.4.17")                                                            \
	REG(IMC, 0x00d8, WO, "13.4.21")                                                            \
	REG(RCTL, 0x0100, RW, "13.4.22")                                                           \
	REG(TCTL, 0x0400, RW, "13.4.33")                                                           \
	REG(TIPG, 0x0410, RW, "13.4.34")                                                           \
	REG(FCRTL, 0x2160, RW, "13.4.23")                                                          \
	REG(FCRTH, 0x2168, RW, "13.4.24")                                                          \
	REG(RDBAL, 0x2800, RW, "13.4.25")                                                          \
	REG(RDBAH, 0x2804, RW, "13.4.26")                                                          \
	REG(RDLEN, 0x2808, RW, "13.4.27")                                                          \
	REG(RDH, 0x2810, RW, "13.4.28")                                                            \
	REG(RDT, 0x2818, RW, "13.4.29")                                                            \
	REG(RDTR, 0x2820, RW, "13.4.30")                                                           \
	REG(TDBAL, 0x3800, RW, "13.4.36")                                                          \
	REG(TDBAH, 0x3804, RW, "13.4.37")                                                          \
	REG(TDLEN, 0x3808, RW, "13.4.38")                                                          \
	REG(TDH, 0x3810, RW, "13.4.39")                                                            \
	REG(TDT, 0x3818, RW, "13.4.40")                                                            \
	REG(TIDV, 0x3820, RW, "13.4.41")                                                           \
	REG(TXDCTL, 0x3828, RW, "13.4.42")                                                         \
	REG(TADV, 0x382c, RW, "13.4.43")                                                           \
	REG(CRCERRS, 0x4000, RC, "13.7.1")                                                         \
	REG(MPC, 0x4010, RC, "13.7.6")                                                             \
	REG(GPRC, 0x4074, RC, "13.7.28")                                                           \
	REG(GPTC, 0x4080, RC, "13.7.31")                                                           \
	REG(TPR, 0x40d0, RC, "13.7.46")                                                            \
	REG(TPT, 0x40d4, RC, "13.7.47")                                                            \
	REG(MTA, 0x5200, RW, "13.5.1")                                                             \
	REG(RAL, 0x5400, RW, "13.5.2")                                                             \
	REG(RAH, 0x5404, RW, "13.5.3")                                                             \
	REG(VFTA, 0x5600, RW, "13.5.4")                                                            \
	REG(MANC, 0x5820, RW, "13.4.53")

enum e1000_register {
#define E1000_ENUM(name, offset, access, section) E1000_##name = (offset),
	E1000_REGISTERS(E1000_ENUM)
#undef E1000_ENUM
};

/* Two rows with one offset are two equal cases here, and do not compile. */
static inline const char *e1000_register_name(u32 offset)
{
	switch (offset) {
#define E1000_CASE(name, offset, access, section)                                                  \
	case offset:                                                                               \
		return #name " (" section ")";
		E1000_REGISTERS(E1000_CASE)
#undef E1000_CASE
	default:
		return "?";
	}
}

#define E1000_MTA_N    128
#define E1000_VFTA_N   128
#define E1000_RA_N     16
#define E1000_RA_BYTES 8 /* RAL and RAH of one address */

/* Fields: first bit and width. Those of one register must not overlap: see FIELDS_DISJOINT. */
#define FIELD_MASK(first, width)      (((1ull << (width)) - 1) << (first))
#define FIELDS_DISJOINT(reg, sum, or) _Static_assert((sum) == (or), #reg ": fields overlap")

#define CTRL_FD      BIT(0)
#define CTRL_LRST    BIT(3)
#define CTRL_ASDE    BIT(5)
#define CTRL_SLU     BIT(6)
#define CTRL_ILOS    BIT(7)
#define CTRL_FRCSPD  BIT(11)
#define CTRL_FRCDPX  BIT(12)
#define CTRL_RST     BIT(26)
#define CTRL_RFCE    BIT(27)
#define CTRL_TFCE    BIT(28)
#define CTRL_VME     BIT(30)
#define CTRL_PHY_RST BIT(31)
FIELDS_DISJOINT(CTRL,
	(u64)CTRL_FD + CTRL_LRST + CTRL_ASDE + CTRL_SLU + CTRL_ILOS + CTRL_FRCSPD + CTRL_FRCDPX +
		CTRL_RST + CTRL_RFCE + CTRL_TFCE + CTRL_VME + CTRL_PHY_RST,
	(u64)(CTRL_FD | CTRL_LRST | CTRL_ASDE | CTRL_SLU | CTRL_ILOS | CTRL_FRCSPD | CTRL_FRCDPX |
		CTRL_RST | CTRL_RFCE | CTRL_TFCE | CTRL_VME | CTRL_PHY_RST));

#define STATUS_LU BIT(1)
#define ICR_LSC   BIT(2) /* the link came or went */

#define TCTL_EN   BIT(1)
#define TCTL_PSP  BIT(3)
#define TCTL_CT   FIELD_MASK(4, 8)
#define TCTL_COLD FIELD_MASK(12, 10)
#define TCTL_RTLC BIT(24)
FIELDS_DISJOINT(TCTL, TCTL_EN + TCTL_PSP + TCTL_CT + TCTL_COLD + TCTL_RTLC,
	TCTL_EN | TCTL_PSP | TCTL_CT | TCTL_COLD | TCTL_RTLC);
/* Retry 15 times, a collision distance of 64 bytes: full duplex (13.4.33). */
#define TCTL_CT_15     (15u << 4)
#define TCTL_COLD_FULL (64u << 12)
#define TIPG_IPGT      FIELD_MASK(0, 10)
#define TIPG_IPGR1     FIELD_MASK(10, 10)
#define TIPG_IPGR2     FIELD_MASK(20, 10)
FIELDS_DISJOINT(TIPG, TIPG_IPGT + TIPG_IPGR1 + TIPG_IPGR2, TIPG_IPGT | TIPG_IPGR1 | TIPG_IPGR2);
#define TIPG_COPPER (10u | 8u << 10 | 6u << 20) /* 13.4.34 */

#define RCTL_EN    BIT(1)
#define RCTL_UPE   BIT(3)
#define RCTL_MPE   BIT(4)
#define RCTL_BAM   BIT(15)
#define RCTL_BSIZE FIELD_MASK(16, 2) /* 0: 2048 bytes */
#define RCTL_SECRC BIT(26)
FIELDS_DISJOINT(RCTL, RCTL_EN + RCTL_UPE + RCTL_MPE + RCTL_BAM + RCTL_BSIZE + RCTL_SECRC,
	RCTL_EN | RCTL_UPE | RCTL_MPE | RCTL_BAM | RCTL_BSIZE | RCTL_SECRC);

#define EERD_START            BIT(0)
#define EERD_DONE             BIT(4) /* 8254x; 82571 and later: the next one, and the address at bit 2 */
#define EERD_DONE_LARGE       BIT(1)
#define EERD_ADDR_SHIFT       8
#define EERD_ADDR_SHIFT_LARGE 2
#define EERD_DATA_SHIFT       16

#define MANC_ARP_EN BIT(13)
#define RAH_AV      BIT(31)

/* ---- descriptors (3.2.3 receive, 3.3.3 legacy transmit) ----------------------------------- */

struct e1000_tx_desc {
	u64 addr;
	u16 len; /* DTALEN has four bits more: a packet needs none of them */
	u8 type, cmd;
	u8 status, popts;
	u16 special;
};

/* The hardware is told once about the checksums of the data descriptors after it (3.3.6). Offsets
 * are bytes of the frame; an end of 0 means the end of the packet. */
struct e1000_tx_context {
	u8 ip_start, ip_at;
	u16 ip_end;
	u8 tu_start, tu_at;
	u16 tu_end;
	u16 payload_len;
	u8 type, cmd;
	u8 status, header_len;
	u16 mss;
};

struct e1000_rx_desc {
	u64 addr;
	u16 len, checksum;
	u8 status, errors;
	u16 special;
};

_Static_assert(sizeof(struct e1000_tx_desc) == 16, "SDM 3.3.7");
_Static_assert(sizeof(struct e1000_tx_context) == 16, "SDM 3.3.6");
_Static_assert(sizeof(struct e1000_rx_desc) == 16, "SDM 3.2.3");

#define TXD_CMD_EOP      0x01
#define TXD_CMD_IFCS     0x02
#define TXD_CMD_RS       0x08
#define TXD_CMD_DEXT     0x20 /* not a legacy descriptor: its type says which */
#define TXD_TYPE_DATA    0x10
#define TXD_TYPE_CONTEXT 0x00
#define TXD_POPTS_TXSM   0x02 /* insert the UDP checksum */
#define TXD_STAT_DD      BIT(0)

#define RXD_STAT_DD  BIT(0)
#define RXD_STAT_EOP BIT(1)
#define RXD_ERRORS   0x97 /* CE, SE, SEQ, CXE, RXE: all but the checksum verdicts */
