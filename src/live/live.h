/* SPDX-License-Identifier: GPL-2.0-or-later WITH Linux-syscall-note */
/*
 * What the module (module/) and the program that drives it (driver/) say to each other: ioctls of
 * /dev/tornlive. The same for a 32-bit and a 64-bit program: every member is 8 bytes, or 4 by twos.
 *
 * One open file is one session: of the process that registered, over the range that it
 * registered, until the file is closed. Entries come as `lo | (u64)hi << 32`.
 *
 *	REGISTER	the caller's own pid and a range of its own anonymous memory
 *	START, STOP	a thread in the kernel reads entries of that range, by all readers in turns
 *	VALUES		what one reader saw, after STOP
 *	RACE		a private entry, raced by the kernel's own writers; waits until it is done
 *	LAYOUT		what tornwalk's layout says of a value, compiled in the kernel
 *	PROBE		a delay or a look in the kernel's own text; only with `probes=1`
 */
#ifndef TORNWALK_LIVE_H
#define TORNWALK_LIVE_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define LIVE_DEVICE "/dev/tornlive"

enum { LIVE_ABI = 2, LIVE_SLOTS = 16, LIVE_AROUND = 4, LIVE_NAME = 64 };

/*
 * How an entry is read: X(ID, name, meaning). TRUTH is the one that memory is learnt by, 8 bytes in
 * one instruction; `live.private` says whether it is one on this machine.
 */
#define LIVE_READERS(X)                                                                     \
	X(TRUTH, "atomic", "8 bytes in one instruction: fild, ldrd, mov")             \
	X(PLAIN, "plain", "*p, as the compiler makes it")                                    \
	X(ONCE, "read-once", "READ_ONCE(*p)")                                                \
	X(KERNEL, "kernel", "pmd_read_atomic() or pmdp_get_lockless(), ptep_get_lockless(): as this kernel has it") \
	X(LOW_HIGH, "low-high", "two words, low first")                                      \
	X(HIGH_LOW, "high-low", "two words, high first")                                     \
	X(LOW_GAP_HIGH, "low-gap-high", "two words, low first, and a seeded delay between: the control that must tear") \
	X(LOW_HIGH_LOW, "low-high-low", "again until the low word is the same: must not tear")

enum live_reader {
#define X(id, name, meaning) LIVE_READER_##id,
	LIVE_READERS(X)
#undef X
	NR_LIVE_READERS
};

/* The kernel's own writers of a private entry: X(ID, name, meaning). */
#define LIVE_WRITERS(X)                                                                     \
	X(SET, "set", "one leaf over another: set_pmd(), on ARM the body of set_pmd_at()")       \
	X(CLEAR, "set-clear", "a leaf, then pmd_clear()")                                        \
	X(GET_CLEAR, "set-get-clear", "a leaf, then pmdp_huge_get_and_clear()'s primitive")      \
	X(WORDS, "set-words", "two words, high first: nobody's promise, every reader must tear")

enum live_writer {
#define X(id, name, meaning) LIVE_WRITER_##id,
	LIVE_WRITERS(X)
#undef X
	NR_LIVE_WRITERS
};

enum live_level { LIVE_PMD, LIVE_PTE };

/* What a layout says of a value; bits of live_layout.says. */
enum {
	LIVE_NONE = 1, LIVE_PRESENT = 2, LIVE_VALID = 4, LIVE_LEAF = 8, LIVE_TRANS_HUGE = 16,
	LIVE_BAD = 32, LIVE_WRITE = 64, LIVE_DIRTY = 128, LIVE_YOUNG = 256,
};

struct live_hello {
	__u32 abi, readers, writers, level_bits;	/* masks: what this kernel has */
	__u32 words;		/* 1: an entry is one word here (x86_64); 2 */
	__u32 probes;		/* 1: the module was loaded with probes=1 */
	__u32 cpus, pad;	/* online */
	char layout[LIVE_NAME];	/* pae, lpae; x86_64 is pae's bits in one word */
	char kernel_reader[2][LIVE_NAME];	/* of each level: what `kernel` is here; "" where it has none */
};

struct live_register {
	__s32 pid;		/* the caller's own; anybody else's is refused with EPERM */
	__u32 pad;
	__u64 start, end;	/* whole pages, all of it anonymous private memory of the caller, else EFAULT */
};

struct live_start {
	__u32 level;		/* enum live_level */
	__u32 readers;		/* mask; TRUTH is always among them */
	__u32 cpu;		/* where the reading thread runs */
	__u32 batch;		/* reads in a section with interrupts off, 1 .. 100000 */
	__u32 gap;		/* the longest delay of LOW_GAP_HIGH, in turns of an empty loop, 0 .. 10000 */
	__u32 nslots;
	__u64 seed;
	__u64 slot[LIVE_SLOTS];	/* addresses within the range */
};

/* After STOP, of one reader. */
struct live_count {
	__u64 reads, ns;	/* in its sections */
	__u64 sections;		/* with interrupts off */
	__u64 holes;		/* sections without an entry to read: no table was there */
	__u64 detached;		/* PTE sections whose table was another one at their end: nothing of them counts */
	__u64 lost;		/* changes beyond what one section can note */
	__u64 values;		/* distinct ones that it saw */
	__u64 overflow;		/* episodes of values beyond what fits */
};

/* One distinct value that a reader saw. An episode begins when it differs from that reader's last look at the slot. */
struct live_value {
	__u64 value, episodes, first_ns;	/* first_ns: after START */
	struct {
		__u64 before, after;	/* what the same reader saw around it, in one section */
		__u64 times;
	} around[LIVE_AROUND];		/* the first that differ */
	__u64 around_other;		/* episodes in the middle of a section that are none of them */
};

struct live_values {
	__u32 reader, first;	/* from the first-th value on */
	__u32 room, got;	/* in values; got is filled in */
	__u64 to;		/* a pointer to live_value[room] */
	struct live_count count;	/* filled in */
};

/* Kinds of what a reader of the private entry made of it. */
enum live_kind { LIVE_WHOLE, LIVE_ZERO, LIVE_HIGH_ONLY, LIVE_LOW_ONLY, LIVE_MIXED, NR_LIVE_KINDS };

struct live_race {
	__u32 reader, writer;
	__u32 reader_cpu, writer_cpu;
	__u32 ms;		/* 1 .. 60000; a signal ends it early with EINTR */
	__u32 gap;
	__u64 seed;
	/* filled in */
	__u64 reads, rounds, ns, retries;
	__u64 kind[NR_LIVE_KINDS], distinct[NR_LIVE_KINDS], first_ns[NR_LIVE_KINDS], example[NR_LIVE_KINDS];
};

struct live_layout {
	__u64 value;
	__u32 level;		/* enum live_level */
	__u32 says;		/* filled in: LIVE_NONE ... */
	__u64 pfn;		/* filled in */
};

/* In the kernel's own text, for whoever of the registered process comes by; one of each kind in all. */
enum live_probe_kind {
	LIVE_PROBE_DELAY,	/* a seeded delay before the instruction */
	LIVE_PROBE_PAGE,	/* at a function's start: its first argument is a struct page; is there one? */
	NR_LIVE_PROBES,
};

struct live_probe {
	char symbol[LIVE_NAME];	/* "" takes the probe of that kind away */
	__u64 offset;
	__u32 kind;		/* enum live_probe_kind */
	__u32 spins;		/* the longest delay, in turns of an empty loop, 0 .. 100000 */
	__u64 seed;
	/* filled in when it is taken away */
	__u64 hits;
	__u64 wrong;		/* of PAGE: how many were struct pages of no memory */
	__u64 example, frame;	/* the first of them: its address, and the frame number that it would be of */
};

#define LIVE_HELLO	_IOR('w', 0x70, struct live_hello)
#define LIVE_REGISTER	_IOW('w', 0x71, struct live_register)
#define LIVE_START	_IOW('w', 0x72, struct live_start)
#define LIVE_STOP	_IO('w', 0x73)
#define LIVE_VALUES	_IOWR('w', 0x74, struct live_values)
#define LIVE_RACE	_IOWR('w', 0x75, struct live_race)
#define LIVE_LAYOUT	_IOWR('w', 0x76, struct live_layout)
#define LIVE_PROBE	_IOWR('w', 0x77, struct live_probe)

#endif
