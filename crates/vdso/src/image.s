# The vDSO: a whole ELF image (vdso(7), elf(5)), at addresses from zero on. The time page lies one page
# below it. Every function is a leaf that leaves the stack as it is, so all need the same unwind rule.

.section .rodata.trapless_vdso, "a", @progbits
.balign 4096
.globl trapless_vdso_image
trapless_vdso_image:
.set .Limage, trapless_vdso_image
.set .Ltime_page, .Limage - 4096

# The file's header.
.byte 0x7f, 'E', 'L', 'F', 2, 1, 1, 0
.zero 8
.short 3, 62                            # ET_DYN, EM_X86_64
.long 1
.quad 0
.quad .Lprogram_headers - .Limage
.quad .Lsection_headers - .Limage
.long 0
.short 64, 56, 3, 64, 12, 11            # 3 program headers, 12 section headers, the last names them

.Lprogram_headers:
.long 1, 5                              # PT_LOAD, read and execute
.quad 0, 0, 0, .Limage_end - .Limage, .Limage_end - .Limage, 4096
.long 2, 4                              # PT_DYNAMIC
.quad .Ldynamic - .Limage, .Ldynamic - .Limage, .Ldynamic - .Limage
.quad .Ldynamic_end - .Ldynamic, .Ldynamic_end - .Ldynamic, 8
.long 0x6474e550, 4                     # PT_GNU_EH_FRAME
.quad .Lframe_header - .Limage, .Lframe_header - .Limage, .Lframe_header - .Limage
.quad .Lframe_header_end - .Lframe_header, .Lframe_header_end - .Lframe_header, 4

# One bucket that holds every symbol: there are few.
.balign 8
.Lhash:
.long 1, 13
.long 1
.long 0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0
.Lhash_end:

.macro symbol name, function, info
.long .Lname_\name - .Lstrings
.byte \info, 0
.short 8                                # .text
.quad .L\function - .Limage
.quad .L\function\()_end - .L\function
.endm

.balign 8
.Lsymbols:
.zero 24
symbol __vdso_clock_gettime, clock_gettime, 0x12
symbol __vdso_gettimeofday, gettimeofday, 0x12
symbol __vdso_time, time, 0x12
symbol __vdso_clock_getres, clock_getres, 0x12
symbol __vdso_getcpu, getcpu, 0x12
symbol clock_gettime, clock_gettime, 0x22
symbol gettimeofday, gettimeofday, 0x22
symbol time, time, 0x22
symbol clock_getres, clock_getres, 0x22
symbol getcpu, getcpu, 0x22
symbol __trapless_syscall, trapless_syscall, 0x12
symbol __trapless_entries, trapless_entries, 0x11
.Lsymbols_end:

.macro string name
.Lname_\name:
.asciz "\name"
.endm

.Lstrings:
.byte 0
string __vdso_clock_gettime
string __vdso_gettimeofday
string __vdso_time
string __vdso_clock_getres
string __vdso_getcpu
string clock_gettime
string gettimeofday
string time
string clock_getres
string getcpu
string __trapless_syscall
string __trapless_entries
.Lname_soname:
.asciz "linux-vdso.so.1"
.Lname_version:
.asciz "LINUX_2.6"
.Lstrings_end:

.balign 2
.Lversions:
.short 0, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2
.Lversions_end:

# The file's own version, and LINUX_2.6: flags, index, one name each, the name's hash.
.balign 8
.Ldefinitions:
.short 1, 1, 1, 1
.long 0x0deebfa1, 20, 28
.long .Lname_soname - .Lstrings, 0
.short 1, 0, 2, 1
.long 0x03ae75f6, 20, 0
.long .Lname_version - .Lstrings, 0
.Ldefinitions_end:

.balign 8
.Ldynamic:
.quad 14, .Lname_soname - .Lstrings     # DT_SONAME
.quad 4, .Lhash - .Limage               # DT_HASH
.quad 5, .Lstrings - .Limage            # DT_STRTAB
.quad 6, .Lsymbols - .Limage            # DT_SYMTAB
.quad 10, .Lstrings_end - .Lstrings     # DT_STRSZ
.quad 11, 24                            # DT_SYMENT
.quad 0x6ffffffc, .Ldefinitions - .Limage # DT_VERDEF
.quad 0x6ffffffd, 2                     # DT_VERDEFNUM
.quad 0x6ffffff0, .Lversions - .Limage  # DT_VERSYM
.quad 0, 0
.Ldynamic_end:

# The binary search table of the unwind rules, by address.
.macro search function
.long .L\function - .Lframe_header, .Lframe_\function - .Lframe_header
.endm

.balign 4
.Lframe_header:
.byte 1, 0x1b, 0x03, 0x3b
.long .Lframes - .
.long 6
search clock_gettime
search gettimeofday
search time
search clock_getres
search getcpu
search trapless_syscall
.Lframe_header_end:

# What holds in every function: the return address lies at the stack pointer.
.balign 8
.Lframes:
.long .Lcommon_end - .Lcommon
.Lcommon:
.long 0
.byte 1
.asciz "zR"
.byte 1, 0x78, 16, 1, 0x1b
.byte 0x0c, 7, 8                        # the frame's address is RSP + 8
.byte 0x90, 1                           # RIP is saved 8 below it
.balign 8, 0
.Lcommon_end:

.macro frame function
.Lframe_\function:
.long .Lframe_\function\()_end - .Lframe_\function\()_body
.Lframe_\function\()_body:
.long . - .Lframes
.long .L\function - .
.long .L\function\()_end - .L\function
.byte 0
.balign 8, 0
.Lframe_\function\()_end:
.endm

frame clock_gettime
frame gettimeofday
frame time
frame clock_getres
frame getcpu
frame trapless_syscall
.long 0
.Lframes_end:

# A system call: number in RAX, arguments where system calls have them. The jump goes where a patched
# site's goes; the instruction behind it is for a call that is made anew after a signal.
.macro system_call offset
lea rcx, [rip + 9f]
jmp qword ptr gs:[\offset]
syscall
9:
.endm

# Reads the clock whose base is at \base of the time page: seconds to R10, nanoseconds to RAX, which may
# be a second or more too many. Goes to \fallback when the page is too old. Writers change the first
# number, the data, the second; this reads them the other way round.
.macro read_clock base, fallback
lea r8, [rip + .Ltime_page]
1:
mov r9d, [r8 + {second}]
rdtscp
shl rdx, 32
or rax, rdx
sub rax, [r8 + {tsc_base}]
cmp rax, [r8 + {limit}]
jae \fallback
imul rax, [r8 + {multiplier}]
shr rax, {shift}
mov r10, [r8 + \base]
add rax, [r8 + \base + 8]
cmp r9d, [r8 + {first}]
jne 1b
.endm

# Carries whole seconds from RAX to R10. The page is renewed long before there are many.
.macro carry
2:
cmp rax, 1000000000
jb 3f
sub rax, 1000000000
inc r10
jmp 2b
3:
.endm

.macro store_time fallback, base
read_clock \base, \fallback
carry
mov [rsi], r10
mov [rsi + 8], rax
xor eax, eax
ret
.endm

.balign 64
.Ltext:
.Lclock_gettime:
cmp edi, 1
jne 4f
store_time 7f, {monotonic}
4:
test edi, edi
jne 5f
store_time 7f, {realtime}
5:
cmp edi, 7
jne 8f
store_time 7f, {boottime}
# A bad pointer faults, whether the page is too old or not: the kernel would only refuse it.
7:
mov qword ptr [rsi], 0
8:
mov eax, 228
system_call {call_clock_gettime}
ret
.Lclock_gettime_end:

.balign 32
.Lgettimeofday:
test rsi, rsi
jne 8f
test rdi, rdi
je 8f
read_clock {realtime}, 7f
carry
# Thousands, by the inverse: exact below 2^30.
imul rax, rax, 274877907
shr rax, 38
mov [rdi], r10
mov [rdi + 8], rax
xor eax, eax
ret
7:
mov qword ptr [rdi], 0
8:
mov eax, 96
system_call {call_gettimeofday}
ret
.Lgettimeofday_end:

.balign 32
.Ltime:
read_clock {realtime}, 8f
carry
mov rax, r10
test rdi, rdi
je 6f
mov [rdi], rax
6:
ret
8:
test rdi, rdi
je 7f
mov qword ptr [rdi], 0
7:
mov eax, 201
system_call {call_time}
ret
.Ltime_end:

.balign 32
.Lclock_getres:
cmp edi, 1
jbe 7f
cmp edi, 7
jne 8f
7:
test rsi, rsi
je 6f
mov qword ptr [rsi], 0
mov qword ptr [rsi + 8], 1
6:
xor eax, eax
ret
8:
mov eax, 229
system_call {call_clock_getres}
ret
.Lclock_getres_end:

# The node is always the first one.
.balign 32
.Lgetcpu:
mov eax, gs:[{processor}]
test rdi, rdi
je 6f
mov [rdi], eax
6:
test rsi, rsi
je 7f
mov dword ptr [rsi], 0
7:
xor eax, eax
ret
.Lgetcpu_end:

.balign 32
.Ltrapless_syscall:
system_call {call_any}
ret
.Ltrapless_syscall_end:

# Where the processors' blocks hold the kernel's entries: for any number, for number 0, and how many there are.
# Programs that are linked with libtrapless look here before they use them.
.balign 16
.Ltrapless_entries:
.long {call_any}, {entry_first}, {entry_count}
.Ltrapless_entries_end:
.Ltext_end:

.macro section name, kind, flags, start, end, link, info, align, size
.long .Lsection_\name - .Lsection_names, \kind
.quad \flags, .L\start - .Limage, .L\start - .Limage, .L\end - .L\start
.long \link, \info
.quad \align, \size
.endm

.balign 8
.Lsection_headers:
.zero 64
section hash, 5, 2, hash, hash_end, 2, 0, 8, 4
section dynsym, 11, 2, symbols, symbols_end, 3, 1, 8, 24
section dynstr, 3, 2, strings, strings_end, 0, 0, 1, 0
section version, 0x6fffffff, 2, versions, versions_end, 2, 0, 2, 2
section version_d, 0x6ffffffd, 2, definitions, definitions_end, 3, 2, 8, 0
section dynamic, 6, 3, dynamic, dynamic_end, 3, 0, 8, 16
section eh_frame_hdr, 1, 2, frame_header, frame_header_end, 0, 0, 4, 0
section text, 1, 6, text, text_end, 0, 0, 64, 0
section eh_frame, 1, 2, frames, frames_end, 0, 0, 8, 0
section comment, 1, 0, comment, comment_end, 0, 0, 1, 0
section shstrtab, 3, 0, section_names, section_names_end, 0, 0, 1, 0

.Lcomment:
.asciz "Trapless"
.Lcomment_end:

.macro section_string name, text
.Lsection_\name:
.asciz "\text"
.endm

.Lsection_names:
.byte 0
section_string hash, .hash
section_string dynsym, .dynsym
section_string dynstr, .dynstr
section_string version, .gnu.version
section_string version_d, .gnu.version_d
section_string dynamic, .dynamic
section_string eh_frame_hdr, .eh_frame_hdr
section_string text, .text
section_string eh_frame, .eh_frame
section_string comment, .comment
section_string shstrtab, .shstrtab
.Lsection_names_end:
.balign 4096, 0
.Limage_end:
.globl trapless_vdso_image_end
trapless_vdso_image_end:
.text
