/* Files: a pipe in one thread, and paths of a file system in memory. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "measure.h"

enum { PAGE = 4096 };

static char path[64], buffer[PAGE];
static int ends[2], file = -1, zero = -1, null = -1;

/* A file on tmpfs, open as `file` and without a name once the program ends. */
static const char *prepare_file(void)
{
	struct statfs system;
	if (file >= 0)
		return NULL;
	if (statfs("/dev/shm", &system) || system.f_type != TMPFS_MAGIC)
		return "/dev/shm is no tmpfs";
	snprintf(path, sizeof path, "/dev/shm/trapless-measure.%d", getpid());
	file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return file < 0 ? "cannot make a file in /dev/shm" : NULL;
}

__attribute__((destructor)) static void remove_file(void)
{
	if (file >= 0)
		unlink(path);
}

static const char *prepare_devices(void)
{
	zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	return zero < 0 || null < 0 ? "no /dev/zero or /dev/null" : NULL;
}

static const char *prepare_pipe(void)
{
	return pipe2(ends, O_CLOEXEC) ? "no pipe" : NULL;
}

static uint64_t one_byte(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		must(call(SYS_write, ends[1], (long)buffer, 1, 0, 0, 0), "write");
		must(call(SYS_read, ends[0], (long)buffer, 1, 0, 0, 0), "read");
	}
	return count;
}

static uint64_t one_page(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		must(call(SYS_write, ends[1], (long)buffer, PAGE, 0, 0, 0), "write");
		must(call(SYS_read, ends[0], (long)buffer, PAGE, 0, 0, 0), "read");
	}
	return count;
}

static uint64_t read_zero(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		must(call(SYS_read, zero, (long)buffer, 1, 0, 0, 0), "read");
	return count;
}

static uint64_t write_null(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		must(call(SYS_write, null, (long)buffer, 1, 0, 0, 0), "write");
	return count;
}

static uint64_t status(uint64_t count)
{
	struct stat data;
	for (uint64_t i = 0; i < count; i++)
		must(call(SYS_fstat, file, (long)&data, 0, 0, 0, 0), "fstat");
	return count;
}

static uint64_t status_of_path(uint64_t count)
{
	struct stat data;
	for (uint64_t i = 0; i < count; i++)
		must(call(SYS_newfstatat, AT_FDCWD, (long)path, (long)&data, 0, 0, 0), "stat");
	return count;
}

static uint64_t open_close(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		long opened = must(call(SYS_openat, AT_FDCWD, (long)path, O_RDONLY, 0, 0, 0), "open");
		must(call(SYS_close, opened, 0, 0, 0, 0, 0), "close");
	}
	return count;
}

static uint64_t read_page(uint64_t count)
{
	must(pwrite(file, buffer, PAGE, 0), "write");
	for (uint64_t i = 0; i < count; i++)
		must(call(SYS_pread64, file, (long)buffer, PAGE, 0, 0, 0), "pread");
	return count;
}

const struct operation files[] = {
	{ "pipe", "files", "pipe: write + read 1 byte", one_byte, prepare_pipe },
	{ "pipe-page", "files", "pipe: write + read 4 KiB", one_page, prepare_pipe },
	{ "write-null", "files", "write 1 byte, /dev/null", write_null, prepare_devices },
	{ "read-zero", "files", "read 1 byte, /dev/zero", read_zero, prepare_devices },
	{ "fstat", "files", "fstat, tmpfs", status, prepare_file },
	{ "stat", "files", "stat, tmpfs", status_of_path, prepare_file },
	{ "open", "files", "open + close, tmpfs", open_close, prepare_file },
	{ "pread", "files", "pread 4 KiB, tmpfs", read_page, prepare_file },
	{ 0 },
};
