"""GDB's view of a world of Trapless on the process machine.

    gdb -p PID -ex 'symbol-file KERNEL' -x tools/gdb.py

A processor of the world is a host thread, which GDB knows: where the world's thread runs or a processor halts on its
kernel stack, `bt` shows the kernel's frames and below them the program's. For the others:

    trapless symbols       symbols of the program's files, where the host has them
    trapless threads       the world's threads: which run, and where the others wait
    trapless thread TID    `bt`, `up`, `info registers` show this thread, behind the host thread's innermost function;
                           `continue` ends that
    trapless thread        no thread but the host's

GDB sees the memory of one host process: the programs of others are known by their kernel frames only.
"""

import re

import gdb
import gdb.unwinder

# The end of programs' memory.
USER_END = 0x7000_0000_0000
# Where the words lie that the kernel's switch between stacks leaves, in the order of addresses.
SAVED = ("r15", "r14", "r13", "r12", "rbx", "rbp", "rip")
# Where RIP lies in the frame at the top of a kernel stack.
FRAME_RIP = 16 * 8
# The most threads that are listed: the list may be changed while it is looked at.
MOST = 1 << 22


def read(address, size=8):
    """Reads a number of the process."""
    return int.from_bytes(bytes(gdb.selected_inferior().read_memory(address, size)), "little")


def address_of(symbol):
    """The address of a symbol, with or without debug information."""
    try:
        text = gdb.execute(f"info address {symbol}", to_string=True)
    except gdb.error as error:
        raise gdb.GdbError(f"{symbol}: the kernel's symbols are missing: symbol-file KERNEL") from error
    return int(re.search(r"0x[0-9a-f]+", text).group(), 16)


class Thread:
    """A thread of the world, by its kernel stack."""

    def __init__(self, foot, directory):
        _, stack_size, frame_size, context, stack_pointer, process, thread = directory
        context = read(foot + context)
        self.foot = foot
        self.frame = foot + stack_size - frame_size
        self.process = read(context + process, 4) if context else 0
        self.number = read(context + thread, 4) if context else 0
        # 0 while a processor runs it or halts on its stack.
        self.saved = read(context + stack_pointer) if context else 0

    def registers(self):
        """What the switch to another stack left of it."""
        values = {name: read(self.saved + 8 * index) for index, name in enumerate(SAVED)}
        values["rsp"] = self.saved + 8 * len(SAVED)
        return values


def threads():
    """All threads of the world, by number. Idle threads of processors have none."""
    place = address_of("trapless_kernel_stacks")
    directory = [read(place + 8 * index) for index in range(7)]
    found, foot = [], directory[0]
    while foot and len(found) < MOST:
        found.append(Thread(foot, directory))
        foot = read(foot)
    return sorted((thread for thread in found if thread.number), key=lambda thread: thread.number)


class FrameId:
    """What tells a frame from others; GDB before 14 has no such class."""

    def __init__(self, stack_pointer, instruction_pointer):
        self.sp = stack_pointer
        self.pc = instruction_pointer


class Switched(gdb.unwinder.Unwinder):
    """Makes the innermost frame lead to a thread that no processor runs."""

    def __init__(self):
        super().__init__("trapless")
        self.thread = None
        self.innermost = None

    def __call__(self, pending):
        if self.thread is None or registers_of(pending) != self.innermost:
            return None
        # Frames of inlined functions, which are inside of the innermost one, are not asked about.
        types = {name: pending.read_register(name).type for name in SAVED + ("rsp",)}
        here = FrameId(pending.read_register("rsp"), pending.read_register("rip"))
        info = pending.create_unwind_info(here)
        for name, value in self.thread.registers().items():
            info.add_saved_register(name, gdb.Value(value).cast(types[name]))
        return info

    def choose(self, thread):
        """Shows this thread, or none."""
        self.thread = None
        gdb.invalidate_cached_frames()
        if thread is not None:
            self.innermost = registers_of(gdb.newest_frame())
            self.thread = thread
            gdb.invalidate_cached_frames()

    def first_frame(self):
        """The thread's own innermost frame."""
        frame = gdb.newest_frame()
        while registers_of(frame) == self.innermost:
            frame = frame.older()
        return frame


def registers_of(frame):
    """Where a frame is."""
    mask = (1 << 64) - 1
    return tuple(int(frame.read_register(name)) & mask for name in ("rsp", "rip"))


SWITCHED = Switched()


def where(thread):
    """Where a thread is in its program."""
    rip = read(thread.frame + FRAME_RIP)
    try:
        # In a stub that goes on with displaced instructions, the program's address is loaded first.
        if read(rip - 2, 2) == 0xEFEB and read(rip, 3) == 0x0D8D48:
            distance = read(rip + 3, 4)
            rip += 7 + distance - ((distance & 0x8000_0000) << 1)
    except gdb.MemoryError:
        return f"{rip:#x}, in another host process"
    return gdb.format_address(rip)


class Prefix(gdb.Command):
    """Looks at a world of Trapless."""

    def __init__(self):
        super().__init__("trapless", gdb.COMMAND_USER, prefix=True)


class Threads(gdb.Command):
    """Lists the world's threads."""

    def __init__(self):
        super().__init__("trapless threads", gdb.COMMAND_USER)

    def invoke(self, _argument, _from_tty):
        for thread in threads():
            state = "waits" if thread.saved else "runs "
            mark = "*" if SWITCHED.thread and SWITCHED.thread.number == thread.number else " "
            print(f"{mark} thread {thread.number} of process {thread.process} {state} at {where(thread)}")


class Choose(gdb.Command):
    """Shows a thread of the world: trapless thread [TID]."""

    def __init__(self):
        super().__init__("trapless thread", gdb.COMMAND_USER)

    def invoke(self, argument, _from_tty):
        if not argument:
            SWITCHED.choose(None)
            return
        number = int(gdb.parse_and_eval(argument))
        found = [thread for thread in threads() if thread.number == number]
        if not found:
            raise gdb.GdbError(f"no thread {number} in the world")
        if not found[0].saved:
            raise gdb.GdbError(f"thread {number} is on a processor: see `info threads`")
        SWITCHED.choose(found[0])
        SWITCHED.first_frame().select()
        gdb.execute("frame")


class Symbols(gdb.Command):
    """Reads the symbols of the program's files, and of the pages that the kernel gives it."""

    def __init__(self):
        super().__init__("trapless symbols", gdb.COMMAND_USER)

    def invoke(self, _argument, _from_tty):
        with open(f"/proc/{gdb.selected_inferior().pid}/maps", encoding="utf-8") as file:
            lines = file.readlines()
        bases = {}
        for line in lines:
            fields = line.rstrip("\n").split(maxsplit=5)
            start, end = (int(word, 16) for word in fields[0].split("-"))
            if end <= USER_END and len(fields) == 6 and fields[5].startswith("/"):
                bases.setdefault(fields[5], start - int(fields[2], 16))
        for path, base in bases.items():
            bias = self.bias(path, base)
            if bias is not None:
                gdb.execute(f"add-symbol-file {path} -o {bias:#x}", to_string=True)
                print(f"{path} at {base:#x}")

    @staticmethod
    def bias(path, base):
        """What to add to a file's addresses; None where it is no file for a processor."""
        try:
            with open(path, "rb") as file:
                header = file.read(64)
        except OSError:
            return None
        if header[:4] != b"\x7fELF":
            return None
        # A program at fixed addresses is not moved.
        return 0 if int.from_bytes(header[16:18], "little") == 2 else base


def forget(_event):
    """What was chosen has gone on."""
    if SWITCHED.thread is not None:
        SWITCHED.choose(None)


Prefix()
Threads()
Choose()
Symbols()
gdb.unwinder.register_unwinder(None, SWITCHED, replace=True)
gdb.events.cont.connect(forget)
for signal in ("SIGSYS", "SIG62", "SIGSEGV"):
    gdb.execute(f"handle {signal} nostop noprint pass", to_string=True)
