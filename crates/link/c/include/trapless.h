/* libtrapless: system calls that are calls.
 *
 * In a world of Trapless a call through this header is a jump into the kernel, with no trap before it and no
 * instruction patched; anywhere else, and before the library has found out where it is, it is the instruction
 * `syscall`. Nothing is written to the stack.
 *
 *   tl_write_raw(1, "hi", 2)            the kernel's own result: a negative error number on failure
 *   tl_write(1, "hi", 2)                -1 and errno on failure
 *   tl_syscall_raw(TL_NR_getpid)        by number, resolved at compile time where it is a constant (C)
 *   tl_syscall(number, a, b)            the same with errno, as syscall(2)
 *   tl_is_linked()                      whether calls are jumps
 *
 * Every call of the kernel's list is declared below in trapless/calls.h, with its two faces. Calls of Linux that the
 * kernel does not have are there, too, as weak functions that fail with ENOSYS in a world; a program may have
 * its own. With TL_NO_STUBS defined they are not declared, so that whoever needs one does not compile.
 *
 * Link with -ltrapless, static or shared. */
#ifndef TRAPLESS_H
#define TRAPLESS_H

#if !defined(__x86_64__) || defined(__ILP32__)
#error "libtrapless is for x86-64"
#endif

#ifndef __ASSEMBLER__
/* So that no program is warned of what is meant here. */
#pragma GCC system_header

#include <errno.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Not zero once the library has found the kernel's entries. */
extern unsigned char tl_here;

/* Takes a vDSO, which getauxval(AT_SYSINFO_EHDR) gives, and links calls if it is the kernel's and has the entries
 * where this library expects them; gives whether it is so. The library does it by itself before main(). */
int tl_attach(const void *vdso);

/* System calls by number; up to six arguments, each as wide as a register. */
long tl_syscall_raw(long number, ...);
long tl_syscall(long number, ...);

static inline int tl_is_linked(void)
{
	return tl_here;
}

/* A raw result as C's library gives it. */
static inline long tl_result(long raw)
{
	if (__builtin_expect((unsigned long)raw >= -4095UL, 0)) {
		errno = (int)-raw;
		return -1;
	}
	return raw;
}

#define TL_INLINE_ static inline __attribute__((always_inline, unused))
#define TL_ANY_ long, long, long, long, long, long

#endif

/* Where the entry for a constant number lies. */
#define TL_ENTRY_(number) \
	((unsigned long)(number) < TL_ENTRY_COUNT ? TL_ENTRY_FIRST + 8 * (number) : TL_ENTRY_ANY)

#ifndef __ASSEMBLER__

/* The jump leaves where to go on in RCX, as the instruction does. The instruction stays directly before that
 * place: a call that a signal interrupted is made anew by it. */
#define TL_ASM_(number, ...)                                                                  \
	__asm__ volatile("cmpb $0, %[tl_here_]\n\t"                                           \
			 "je 771f\n\t"                                                        \
			 "lea 772f(%%rip), %%rcx\n\t"                                         \
			 "jmp *%%gs:%c[tl_entry_]\n"                                          \
			 "771:\tsyscall\n"                                                    \
			 "772:"                                                               \
			 : "=a"(tl_r_)                                                        \
			 : "0"((long)(number)), [tl_here_] "m"(tl_here),                      \
			   [tl_entry_] "i"(TL_ENTRY_(number)), ##__VA_ARGS__                  \
			 : "rcx", "r11", "memory", "cc")

#define TL_CALL0_(n) __extension__({ long tl_r_; TL_ASM_(n); tl_r_; })
#define TL_CALL1_(n, a) \
	__extension__({ long tl_r_, tl_1_ = (long)(a); TL_ASM_(n, "D"(tl_1_)); tl_r_; })
#define TL_CALL2_(n, a, b)                                                                    \
	__extension__({                                                                       \
		long tl_r_, tl_1_ = (long)(a), tl_2_ = (long)(b);                             \
		TL_ASM_(n, "D"(tl_1_), "S"(tl_2_));                                           \
		tl_r_;                                                                        \
	})
#define TL_CALL3_(n, a, b, c)                                                                 \
	__extension__({                                                                       \
		long tl_r_, tl_1_ = (long)(a), tl_2_ = (long)(b), tl_3_ = (long)(c);          \
		TL_ASM_(n, "D"(tl_1_), "S"(tl_2_), "d"(tl_3_));                               \
		tl_r_;                                                                        \
	})
#define TL_CALL4_(n, a, b, c, d)                                                              \
	__extension__({                                                                       \
		long tl_r_, tl_1_ = (long)(a), tl_2_ = (long)(b), tl_3_ = (long)(c);          \
		long tl_4_ = (long)(d);                                                       \
		register long tl_r10_ __asm__("r10") = tl_4_;                                 \
		TL_ASM_(n, "D"(tl_1_), "S"(tl_2_), "d"(tl_3_), "r"(tl_r10_));                 \
		tl_r_;                                                                        \
	})
#define TL_CALL5_(n, a, b, c, d, e)                                                           \
	__extension__({                                                                       \
		long tl_r_, tl_1_ = (long)(a), tl_2_ = (long)(b), tl_3_ = (long)(c);          \
		long tl_4_ = (long)(d), tl_5_ = (long)(e);                                    \
		register long tl_r10_ __asm__("r10") = tl_4_;                                 \
		register long tl_r8_ __asm__("r8") = tl_5_;                                   \
		TL_ASM_(n, "D"(tl_1_), "S"(tl_2_), "d"(tl_3_), "r"(tl_r10_), "r"(tl_r8_));    \
		tl_r_;                                                                        \
	})
#define TL_CALL6_(n, a, b, c, d, e, f)                                                        \
	__extension__({                                                                       \
		long tl_r_, tl_1_ = (long)(a), tl_2_ = (long)(b), tl_3_ = (long)(c);          \
		long tl_4_ = (long)(d), tl_5_ = (long)(e), tl_6_ = (long)(f);                 \
		register long tl_r10_ __asm__("r10") = tl_4_;                                 \
		register long tl_r8_ __asm__("r8") = tl_5_;                                   \
		register long tl_r9_ __asm__("r9") = tl_6_;                                   \
		TL_ASM_(n, "D"(tl_1_), "S"(tl_2_), "d"(tl_3_), "r"(tl_r10_), "r"(tl_r8_),     \
			"r"(tl_r9_));                                                         \
		tl_r_;                                                                        \
	})

#endif

#include <trapless/calls.h>

#ifndef __ASSEMBLER__

#ifdef __cplusplus
}
#else

/* By number: a constant one is resolved here, any other one in the library. (C++ has only the latter.) */
#define TL_BY_0_(n) __builtin_choose_expr(__builtin_constant_p(n), TL_CALL0_(n), (tl_syscall_raw)((long)(n)))
#define TL_BY_1_(n, a) \
	__builtin_choose_expr(__builtin_constant_p(n), TL_CALL1_(n, a), (tl_syscall_raw)((long)(n), (long)(a)))
#define TL_BY_2_(n, a, b)                                              \
	__builtin_choose_expr(__builtin_constant_p(n), TL_CALL2_(n, a, b), \
			      (tl_syscall_raw)((long)(n), (long)(a), (long)(b)))
#define TL_BY_3_(n, a, b, c)                                              \
	__builtin_choose_expr(__builtin_constant_p(n), TL_CALL3_(n, a, b, c), \
			      (tl_syscall_raw)((long)(n), (long)(a), (long)(b), (long)(c)))
#define TL_BY_4_(n, a, b, c, d)                                              \
	__builtin_choose_expr(__builtin_constant_p(n), TL_CALL4_(n, a, b, c, d), \
			      (tl_syscall_raw)((long)(n), (long)(a), (long)(b), (long)(c), (long)(d)))
#define TL_BY_5_(n, a, b, c, d, e)                                              \
	__builtin_choose_expr(__builtin_constant_p(n), TL_CALL5_(n, a, b, c, d, e), \
			      (tl_syscall_raw)((long)(n), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e)))
#define TL_BY_6_(n, a, b, c, d, e, f)                                                                  \
	__builtin_choose_expr(__builtin_constant_p(n), TL_CALL6_(n, a, b, c, d, e, f),                     \
			      (tl_syscall_raw)((long)(n), (long)(a), (long)(b), (long)(c), (long)(d),      \
					       (long)(e), (long)(f)))
#define TL_PICK_(n, a, b, c, d, e, f, by, ...) by
#define tl_syscall_raw(...)                                                                        \
	TL_PICK_(__VA_ARGS__, TL_BY_6_, TL_BY_5_, TL_BY_4_, TL_BY_3_, TL_BY_2_, TL_BY_1_, TL_BY_0_) \
	(__VA_ARGS__)
#define tl_syscall(...) tl_result(tl_syscall_raw(__VA_ARGS__))

#endif
#endif
#endif
