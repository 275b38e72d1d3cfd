// Code around a system call keeps its meaning, whatever is done about the site.
// build: static static-pie dynamic musl-static
#include "sites.h"
#include <sys/mman.h>

KNOWN(constant, "mov $39, %eax\nsyscall\nret");
UNKNOWN(constant_unknown, "mov $39, %eax\nsyscall\nret");
KNOWN(constant_long, "mov $39, %rax\nsyscall\nret");
KNOWN(variable, TAKE "syscall\nret");
UNKNOWN(variable_unknown, TAKE "syscall\ncmp $-4095, %rax\nret");
KNOWN(zero, "xor %eax, %eax\nxor %edi, %edi\nsyscall\nret");

#define EACH(check)                      \
    for (int i = 0; i < AGAIN; i++) {    \
        check;                           \
    }

CASE(number_before_the_call)
{
    EACH(EQ(constant(0), getpid()));
    EACH(EQ(constant_unknown(0), getpid()));
    EACH(EQ(constant_long(0), getpid()));
}
CASE(number_in_a_register)
{
    EACH(EQ(variable(SYS_getpid), getpid()));
    EACH(EQ(variable_unknown(SYS_getpid), getpid()));
    EACH(EQ(variable(SYS_close, -1), -EBADF));
    EACH(EQ(variable_unknown(SYS_close, -1), -EBADF));
}
CASE(unknown_numbers)
{
    static const long numbers[] = { -1, -2, 1000000000, 0x40000000, 0x7fffffff, 0x80000000, 600, 511, 512, 4095 };
    for (unsigned n = 0; n < sizeof numbers / sizeof *numbers; n++) {
        EACH(EQ(variable(numbers[n]), -ENOSYS));
        EACH(EQ(variable_unknown(numbers[n]), -ENOSYS));
    }
}
CASE(upper_half_of_the_number)
{
    EACH(EQ(variable(0x5555000000000000 | SYS_getpid), getpid()));
    EACH(EQ(variable((long)0xffffffff00000000 | SYS_getpid), getpid()));
    EACH(EQ(variable_unknown((long)0x8000000000000000 | SYS_close, -1), -EBADF));
}

// The bytes b8 10 00 00 00 before the call are the end of another instruction.
KNOWN(number_inside, "mov $39, %eax\nmov $0x10b8000000, %r9\nmovabs $0x10b800000000, %r8\nsyscall\nret");
KNOWN(number_in_memory, "mov $39, %eax\nlea 0x10b8(%rip), %r8\nmov %r8, %r9\nsyscall\nret");
CASE(bytes_that_look_like_a_number)
{
    EACH(EQ(number_inside(0), getpid()));
    EACH(EQ(number_in_memory(0), getpid()));
}

// A leaf keeps its data below the stack pointer.
KNOWN(red_zone,
      "movabs $0x1122334455667788, %r8\nmov %r8, -8(%rsp)\nmov %r8, -64(%rsp)\nmov %r8, -128(%rsp)\n"
      "mov $39, %eax\nsyscall\n"
      "xor %eax, %eax\ncmp %r8, -8(%rsp)\nsetne %al\ncmp %r8, -64(%rsp)\nsetne %cl\nor %cl, %al\n"
      "cmp %r8, -128(%rsp)\nsetne %cl\nor %cl, %al\nmovzbl %al, %eax\nret");
UNKNOWN(red_zone_over,
        "movabs $0x1122334455667788, %r8\nmov %r8, -8(%rsp)\nmov %r8, -128(%rsp)\nmov $39, %eax\nnop\nsyscall\n"
        "mov -8(%rsp), %rax\nxor %r8, %rax\nmov -128(%rsp), %rcx\nxor %r8, %rcx\nor %rcx, %rax\nret");
CASE(the_red_zone_is_left_alone)
{
    EACH(EQ(red_zone(0), 0));
    EACH(EQ(red_zone_over(0), 0));
}

// What follows refers to memory and code by distance.
__asm__(".pushsection .data\n.balign 8\nsites_word: .quad 0x123456789\n.popsection");
UNKNOWN(relative_load, TAKE "syscall\nmov sites_word(%rip), %rax\nret");
UNKNOWN(relative_address, TAKE "syscall\nlea sites_word(%rip), %rax\nmov (%rax), %rax\nret");
UNKNOWN(relative_compare, TAKE "syscall\ncmpl $0x23456789, sites_word(%rip)\nsete %al\nmovzbl %al, %eax\nret");
KNOWN(relative_before, TAKE "mov sites_word(%rip), %rsi\nsyscall\nmov %rsi, %rax\nret");
UNKNOWN(branch_after, TAKE "syscall\ntest %eax, %eax\njs 1f\nmov $1, %eax\nret\n1: mov $2, %eax\nret");
UNKNOWN(short_jump_after, TAKE "syscall\njmp 1f\nud2\nud2\n1: ret");
UNKNOWN(long_jump_after, TAKE "syscall\njmp variable_unknown_end");
UNKNOWN(variable_unknown_end, "lea 1(%rax), %rax\nret");
UNKNOWN(call_after, TAKE "syscall\ncall variable_unknown_end\nret");
UNKNOWN(landing_after, TAKE "syscall\nendbr64\nlea 1(%rax), %rax\nret");
UNKNOWN(call_after_call, TAKE "syscall\nmov $39, %eax\nsyscall\nret");
UNKNOWN(two_calls, TAKE "syscall\nsyscall\nnop\nnop\nnop\nret");
UNKNOWN(count_down, "mov %rsi, %r8\n1: mov $39, %eax\nnop\nsyscall\ndec %r8\njnz 1b\nret");
CASE(what_follows_moves_rightly)
{
    EACH(EQ(relative_load(SYS_getpid), 0x123456789));
    EACH(EQ(relative_address(SYS_getpid), 0x123456789));
    EACH(EQ(relative_compare(SYS_getpid), 1));
    EACH(EQ(relative_before(SYS_getpid), 0x123456789));
    EACH(EQ(branch_after(SYS_getpid), 1));
    EACH(EQ(branch_after(SYS_close, -1), 2));
    EACH(EQ(short_jump_after(SYS_getpid), getpid()));
    EACH(EQ(long_jump_after(SYS_getpid), getpid() + 1));
    EACH(EQ(call_after(SYS_getpid), getpid() + 1));
    EACH(EQ(landing_after(SYS_getpid), getpid() + 1));
    EACH(EQ(call_after_call(SYS_close, -1), getpid()));
    EACH(EQ(two_calls(SYS_close, -1), -ENOSYS));
    EACH(EQ(count_down(0, 3L), getpid()));
}

// Places in the code that others jump to.
UNKNOWN(landing, TAKE LABEL(at_call) "syscall\n" LABEL(at_first) "stc\n" LABEL(at_second) "cmc\n" LABEL(at_third)
        "adc $0, %rdx\n" LABEL(at_fourth) "lea (%rdx,%rdx), %rax\nret");
KNOWN(before, "mov %rdi, %rdx\n" LABEL(at_before) "mov $39, %eax\n" LABEL(at_syscall) "syscall\nadd %rdx, %rax\nret");
KNOWN(inner_jump, TAKE "test %edi, %edi\njs 1f\nsyscall\n1: add $3, %rax\nret");
long at_call(), at_first(), at_second(), at_third(), at_fourth(), at_before(), at_syscall();

// Goes to a place with these registers and the carry flag clear or set.
static long go(long (*place)(), long rax, long rdi, long rdx, int carry)
{
    long result;
    __asm__ volatile("bt $0, %[carry]\ncall *%[place]"
                     : "=a"(result), "+d"(rdx), "+D"(rdi)
                     : "a"(rax), [place] "r"(place), [carry] "r"(carry)
                     : "rcx", "rsi", "r8", "r9", "r10", "r11", "memory", "cc");
    return result;
}
// A loop whose head lies directly behind the call: nothing there can move, but what comes before can.
KNOWN(head_behind, "mov %rdi, %r9\nmov %rsi, %rdx\njmp 2f\n1: mov %r9, %rax\n" LABEL(at_middle) "xor %esi, %esi\n"
      LABEL(at_last) "syscall\n2: dec %rdx\njns 1b\nret");
long at_middle(), at_last();
CASE(a_loop_behind_the_call)
{
    EACH(EQ(head_behind(SYS_getpid, 5L), getpid()));
    EACH(EQ(go(at_middle, SYS_getpid, 0, 0, 0), getpid()));
    EACH(EQ(go(at_middle, SYS_close, -1, 0, 1), -EBADF));
    EACH(EQ(go(at_last, SYS_getpid, 0, 0, 0), getpid()));
}

CASE(jumps_to_each_place)
{
    EACH(EQ(landing(SYS_close, -1L, 0L, 20L), 40));
    EACH(EQ(go(at_call, SYS_getpid, 0, 7, 0), 14));
    EACH(EQ(go(at_first, 0, 0, 7, 0), 14));
    EACH(EQ(go(at_second, 0, 0, 7, 0), 16));
    EACH(EQ(go(at_second, 0, 0, 7, 1), 14));
    EACH(EQ(go(at_third, 0, 0, 7, 1), 16));
    EACH(EQ(go(at_third, 0, 0, 7, 0), 14));
    EACH(EQ(go(at_fourth, 0, 0, 7, 1), 14));
    EACH(EQ(before(0), getpid()));
    EACH(EQ(go(at_before, 0, 0, 5, 0), getpid() + 5));
    EACH(EQ(go(at_syscall, SYS_close, -1, 0, 0), -EBADF));
    EACH(EQ(go(at_syscall, SYS_getpid, -1, 9, 0), getpid() + 9));
    EACH(EQ(inner_jump(SYS_getpid, 0L), getpid() + 3));
    EACH(EQ(inner_jump(SYS_close, -1L), SYS_close + 3));
}

// All of it again through a table of jumps.
KNOWN(table, "lea 9f(%rip), %rax\nmovslq (%rax,%rdi,4), %rdi\nadd %rdi, %rax\nxor %edx, %edx\njmp *%rax\n"
      "1: mov $39, %eax\n2: syscall\n3: clc\n4: adc $1, %rdx\n5: mov %rdx, %rax\nret\n"
      ".pushsection .rodata\n.balign 4\n9: .long 1b - 9b, 2b - 9b, 3b - 9b, 4b - 9b, 5b - 9b\n.popsection");
CASE(a_table_of_jumps)
{
    for (int i = 0; i < AGAIN; i++) {
        EQ(table(0), 1);
        EQ(table(1), 1);
        EQ(table(2), 1);
        EQ(table(3), 1);
        EQ(table(4), 0);
    }
}

// A copy of code at a chosen place of a page.
static long (*place_at(char *pages, long offset, const void *code, long length))(long, ...)
{
    mprotect(pages, 8192, PROT_READ | PROT_WRITE);
    memset(pages, 0xcc, 8192);
    memcpy(pages + offset, code, length);
    mprotect(pages, 8192, PROT_READ | PROT_EXEC);
    return (long (*)(long, ...))(pages + offset);
}
CASE(wherever_it_lies)
{
    // mov %rdi,%rax; syscall; cmp $-4095,%rax; ret
    static const char code[] = "\x48\x89\xf8\x0f\x05\x48\x3d\x01\xf0\xff\xff\xc3";
    char *pages = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (long offset = 4096 - 12; offset <= 4096; offset++) {
        long (*call)(long, ...) = place_at(pages, offset, code, sizeof code - 1);
        EACH(EQ(call(SYS_getpid), getpid()));
    }
    for (long offset = 48; offset <= 64; offset++) {
        long (*call)(long, ...) = place_at(pages, offset, code, sizeof code - 1);
        EACH(EQ(call(SYS_getpid), getpid()));
    }
}
CASE(at_the_end_of_the_last_page)
{
    // mov $39,%eax; syscall, and nothing behind: the way back is the stack's.
    static const char code[] = "\xb8\x27\x00\x00\x00\x0f\x05\xc3";
    char *pages = mmap(NULL, 12288, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(pages + 8192, 4096);
    long (*call)(long, ...) = place_at(pages, 8192 - 8, code, 8);
    EACH(EQ(call(0), getpid()));
    // The page behind is there but may not be executed.
    mprotect(pages + 4096, 4096, PROT_READ);
    call = place_at(pages, 4096 - 8, code, 8);
    mprotect(pages + 4096, 4096, PROT_READ);
    EACH(EQ(call(0), getpid()));
}
