/*
 * A virtual I2C adapter with MCP23017 chips, preloaded into the process under test.
 *
 * The process opens /dev/i2c-N (N = PILOTWIRE_I2C_BUS) and gets a real descriptor of the state file
 * (PILOTWIRE_I2C_STATE); ioctl, read and write on it reach the chips that lie in that file. The file is the hardware:
 * it outlives every process, several share it, and the test reads and pokes it. Its layout is mirrored in
 * test/support/i2c-state.ts. Chip behaviour: Microchip DS20001952 (MCP23017), interrupts left out (INTF, INTCAP read 0).
 *
 * A transfer holds the bus, as the kernel's adapter lock does: while one hangs, every other one waits.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define CHIPS 16
#define LOG_START 4096
#define MAX_FD 4096
#define READS 1
#define WRITES 2

enum { IOCON = 0x0a, IODIR = 0x00, IPOL = 0x02, INTF = 0x0e, INTCAP = 0x10, GPIO = 0x12, OLAT = 0x14, REGISTERS = 0x16 };

struct chip { /* 128 bytes */
	uint8_t address, pointer, pad0[6];
	uint8_t registers[24]; /* in the order of BANK = 0 */
	uint8_t stuck_mask[2], stuck_value[2], level[2], pad1[2];
	uint64_t attempts, failures, resets;
	struct {
		uint8_t active, operations;
		uint16_t error;
		uint32_t hang_ms, skip, times, generation;
		uint8_t reset, pad[3];
	} fault;
	uint8_t pad2[40];
};

struct entry { /* 32 bytes */
	uint64_t number, at_ns;
	uint32_t pid;
	uint8_t address, reg, value, pad[9];
};

struct state {
	char magic[8];
	uint32_t chip_count, log_capacity;
	uint64_t log_head, transfers;
	uint32_t absent_error, pad[7];
	struct chip chips[CHIPS];
};

_Static_assert(sizeof(struct chip) == 128 && sizeof(struct entry) == 32, "mirrored in i2c-state.ts");
_Static_assert(offsetof(struct state, chips) == 64 && sizeof(struct state) <= LOG_START, "mirrored in i2c-state.ts");

static struct state *state;
static int state_fd = -1;
static dev_t state_dev;
static ino_t state_ino;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static uint8_t ours[MAX_FD];
static uint16_t target[MAX_FD];

static int (*real_open)(const char *, int, ...);
static int (*real_openat)(int, const char *, int, ...);
static int (*real_ioctl)(int, unsigned long, ...);
static ssize_t (*real_read)(int, void *, size_t);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pread)(int, void *, size_t, off_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);

static void find_real(void)
{
	if (real_pwrite != NULL) return;
	real_open = dlsym(RTLD_NEXT, "open64");
	real_openat = dlsym(RTLD_NEXT, "openat64");
	real_ioctl = dlsym(RTLD_NEXT, "ioctl");
	real_read = dlsym(RTLD_NEXT, "read");
	real_write = dlsym(RTLD_NEXT, "write");
	real_pread = dlsym(RTLD_NEXT, "pread64");
	real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
}

__attribute__((constructor)) static void start(void) { find_real(); }

static uint64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* ---- the bus ---- */

static int attach(void)
{
	if (state != NULL) return 0;
	const char *path = getenv("PILOTWIRE_I2C_STATE");
	int low = path == NULL ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
	if (low < 0) {
		errno = ENOENT;
		return -1;
	}
	struct stat about;
	state_fd = fcntl(low, F_DUPFD_CLOEXEC, 400);
	syscall(SYS_close, low);
	if (state_fd < 0 || fstat(state_fd, &about) < 0) return -1;
	void *map = mmap(NULL, (size_t)about.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, state_fd, 0);
	if (map == MAP_FAILED) return -1;
	state_dev = about.st_dev;
	state_ino = about.st_ino;
	state = map;
	return 0;
}

/* An open file description lock excludes other processes and falls with a killed one; the mutex excludes our threads.
   It is not flock(), so the process under test may flock() its own descriptor of the same file. */
static void bus_lock(short type)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1 };
	while (fcntl(state_fd, F_OFD_SETLKW, &lock) < 0 && errno == EINTR) {}
}

static void bus_take(void)
{
	pthread_mutex_lock(&mutex);
	bus_lock(F_WRLCK);
}

/* A write, where a store to the map would do: the test is woken by inotify, which does not see maps. */
static void wake_test(void)
{
	uint64_t transfers = state->transfers + 1;
	if (real_pwrite(state_fd, &transfers, sizeof transfers, offsetof(struct state, transfers)) < 0) {}
}

static void bus_release(void)
{
	wake_test();
	bus_lock(F_UNLCK);
	pthread_mutex_unlock(&mutex);
}

static struct chip *chip_at(unsigned address)
{
	for (unsigned i = 0; i < state->chip_count && i < CHIPS; i++)
		if (state->chips[i].address == address) return &state->chips[i];
	return NULL;
}

/* ---- the chip ---- */

static void chip_reset(struct chip *chip)
{
	memset(chip->registers, 0, sizeof chip->registers);
	chip->registers[IODIR] = chip->registers[IODIR + 1] = 0xff;
	chip->pointer = 0;
	chip->resets++;
}

static int bank(const struct chip *chip) { return chip->registers[IOCON] >> 7; }

/* the register's number in the order of BANK = 0, or -1 where no register is */
static int register_at(const struct chip *chip, unsigned pointer)
{
	if (!bank(chip)) return pointer < REGISTERS ? (int)pointer : -1;
	unsigned port = pointer >> 4, number = pointer & 0x0f;
	return port < 2 && number <= 0x0a ? (int)(number * 2 + port) : -1;
}

static void advance(struct chip *chip)
{
	unsigned last = bank(chip) ? 0x1a : REGISTERS - 1;
	if (!(chip->registers[IOCON] & 0x20)) chip->pointer = chip->pointer >= last ? 0 : chip->pointer + 1;
	else if (!bank(chip)) chip->pointer ^= 1; /* byte mode toggles between the two ports */
}

static uint8_t chip_read(struct chip *chip)
{
	int number = register_at(chip, chip->pointer);
	uint8_t value = number < 0 ? 0 : chip->registers[number];
	if (number == GPIO || number == GPIO + 1) {
		int port = number & 1;
		uint8_t input = chip->registers[IODIR + port], stuck = chip->stuck_mask[port];
		uint8_t pins = (uint8_t)((input & chip->level[port]) | (~input & chip->registers[OLAT + port]));
		pins = (uint8_t)((pins & ~stuck) | (chip->stuck_value[port] & stuck));
		value = pins ^ chip->registers[IPOL + port];
	}
	advance(chip);
	return value;
}

static void chip_write(struct chip *chip, uint8_t value)
{
	int number = register_at(chip, chip->pointer);
	if (number >= 0) {
		struct entry *log = (struct entry *)((char *)state + LOG_START);
		struct entry *entry = &log[state->log_head % state->log_capacity];
		entry->number = UINT64_MAX; /* being written */
		entry->at_ns = now_ns();
		entry->pid = (uint32_t)getpid();
		entry->address = chip->address;
		entry->reg = (uint8_t)number;
		entry->value = value;
		__atomic_store_n(&entry->number, state->log_head, __ATOMIC_RELEASE);
		__atomic_store_n(&state->log_head, state->log_head + 1, __ATOMIC_RELEASE);
		switch (number & ~1) {
		case IOCON: chip->registers[IOCON] = chip->registers[IOCON + 1] = value & 0xfe; break;
		case INTF:
		case INTCAP: break;
		case GPIO: chip->registers[OLAT + (number & 1)] = value; break;
		default: chip->registers[number] = value;
		}
	}
	advance(chip);
}

/* ---- transfers, the bus being held ---- */

static void hang(struct chip *chip, uint32_t ms)
{
	uint64_t until = now_ns() + (uint64_t)ms * 1000000u;
	uint32_t generation = chip->fault.generation;
	struct timespec slice = { .tv_nsec = 1000000 };
	wake_test();
	while (now_ns() < until && __atomic_load_n(&chip->fault.generation, __ATOMIC_ACQUIRE) == generation)
		nanosleep(&slice, NULL);
}

/* 0, or the errno that the transfer ends with */
static int chip_selected(struct chip *chip, int operation)
{
	chip->attempts++;
	if (!__atomic_load_n(&chip->fault.active, __ATOMIC_ACQUIRE) || !(chip->fault.operations & operation)) return 0;
	if (chip->fault.skip > 0) {
		chip->fault.skip--;
		return 0;
	}
	int error = chip->fault.error;
	if (chip->fault.times > 0 && --chip->fault.times == 0) chip->fault.active = 0;
	if (chip->fault.reset) chip_reset(chip);
	if (chip->fault.hang_ms > 0) hang(chip, chip->fault.hang_ms);
	if (error != 0) chip->failures++;
	return error;
}

static int select_chip(unsigned address, int operation, struct chip **chip)
{
	*chip = chip_at(address);
	return *chip == NULL ? (int)state->absent_error : chip_selected(*chip, operation);
}

static void put(struct chip *chip, const uint8_t *bytes, size_t length)
{
	if (length == 0) return;
	chip->pointer = bytes[0];
	for (size_t i = 1; i < length; i++) chip_write(chip, bytes[i]);
}

static void get(struct chip *chip, uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) bytes[i] = chip_read(chip);
}

static int smbus(unsigned address, struct i2c_smbus_ioctl_data *call)
{
	struct chip *chip;
	int reads = call->read_write == I2C_SMBUS_READ;
	int error = select_chip(address, reads ? READS : WRITES, &chip);
	if (error != 0) return error;
	union i2c_smbus_data *data = call->data;
	uint8_t bytes[3] = { call->command };
	switch (call->size) {
	case I2C_SMBUS_QUICK: return 0;
	case I2C_SMBUS_BYTE:
		if (reads) get(chip, &data->byte, 1);
		else put(chip, bytes, 1);
		return 0;
	case I2C_SMBUS_BYTE_DATA:
		bytes[1] = reads ? 0 : data->byte;
		put(chip, bytes, reads ? 1 : 2);
		if (reads) get(chip, &data->byte, 1);
		return 0;
	case I2C_SMBUS_WORD_DATA:
		bytes[1] = reads ? 0 : (uint8_t)data->word;
		bytes[2] = reads ? 0 : (uint8_t)(data->word >> 8);
		put(chip, bytes, reads ? 1 : 3);
		if (reads) {
			get(chip, bytes, 2);
			data->word = (uint16_t)(bytes[0] | bytes[1] << 8);
		}
		return 0;
	case I2C_SMBUS_I2C_BLOCK_BROKEN:
	case I2C_SMBUS_I2C_BLOCK_DATA:
		if (data->block[0] == 0 || data->block[0] > I2C_SMBUS_BLOCK_MAX) return EINVAL;
		put(chip, bytes, 1);
		if (reads) get(chip, data->block + 1, data->block[0]);
		else for (int i = 1; i <= data->block[0]; i++) chip_write(chip, data->block[i]);
		return 0;
	default: return EOPNOTSUPP;
	}
}

static int messages(struct i2c_rdwr_ioctl_data *call)
{
	for (unsigned i = 0; i < call->nmsgs; i++) {
		struct i2c_msg *message = &call->msgs[i];
		struct chip *chip;
		int reads = message->flags & I2C_M_RD;
		int error = select_chip(message->addr, reads ? READS : WRITES, &chip);
		if (error != 0) return error;
		if (reads) get(chip, message->buf, message->len);
		else put(chip, message->buf, message->len);
	}
	return 0;
}

static ssize_t transfer(int fd, void *bytes, size_t length, int operation)
{
	struct chip *chip;
	bus_take();
	int error = select_chip(target[fd], operation, &chip);
	if (error == 0 && operation == READS) get(chip, bytes, length);
	if (error == 0 && operation == WRITES) put(chip, bytes, length);
	bus_release();
	if (error == 0) return (ssize_t)length;
	errno = error;
	return -1;
}

/* ---- what the process calls ---- */

/* A descriptor may have been closed by a system call that we do not see, and its number used again for another file. */
static int is_ours(int fd)
{
	struct stat about;
	if (fd < 0 || fd >= MAX_FD || !ours[fd]) return 0;
	if (fstat(fd, &about) == 0 && about.st_dev == state_dev && about.st_ino == state_ino) return 1;
	ours[fd] = 0;
	return 0;
}

static int is_device(const char *path)
{
	char device[32];
	const char *bus = getenv("PILOTWIRE_I2C_BUS");
	if (path == NULL || bus == NULL || strncmp(path, "/dev/i2c-", 9) != 0) return 0;
	snprintf(device, sizeof device, "/dev/i2c-%s", bus);
	return strcmp(path, device) == 0;
}

static int open_device(int flags)
{
	pthread_mutex_lock(&mutex);
	int attached = attach();
	pthread_mutex_unlock(&mutex);
	if (attached < 0) return -1;
	int fd = real_open(getenv("PILOTWIRE_I2C_STATE"), flags & ~(O_CREAT | O_TRUNC | O_EXCL | O_APPEND));
	if (fd >= MAX_FD) {
		syscall(SYS_close, fd);
		errno = EMFILE;
		return -1;
	}
	if (fd >= 0) {
		ours[fd] = 1;
		target[fd] = 0;
	}
	return fd;
}

#define MODE(flags) \
	mode_t mode = 0; \
	if (((flags) & O_CREAT) || ((flags) & O_TMPFILE) == O_TMPFILE) { \
		va_list list; \
		va_start(list, flags); \
		mode = va_arg(list, mode_t); \
		va_end(list); \
	}

int open(const char *path, int flags, ...)
{
	MODE(flags)
	find_real();
	return is_device(path) ? open_device(flags) : real_open(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
	MODE(flags)
	find_real();
	return is_device(path) ? open_device(flags) : real_open(path, flags, mode);
}

int openat(int directory, const char *path, int flags, ...)
{
	MODE(flags)
	find_real();
	return is_device(path) ? open_device(flags) : real_openat(directory, path, flags, mode);
}

int openat64(int directory, const char *path, int flags, ...)
{
	MODE(flags)
	find_real();
	return is_device(path) ? open_device(flags) : real_openat(directory, path, flags, mode);
}

static int device_ioctl(int fd, unsigned long request, void *argument)
{
	int error = 0;
	switch (request) {
	case I2C_SLAVE:
	case I2C_SLAVE_FORCE:
		if ((uintptr_t)argument > 0x7f) error = EINVAL;
		else target[fd] = (uint16_t)(uintptr_t)argument;
		break;
	case I2C_FUNCS:
		*(unsigned long *)argument = I2C_FUNC_I2C | (I2C_FUNC_SMBUS_EMUL & ~I2C_FUNC_SMBUS_BLOCK_DATA);
		break;
	case I2C_SMBUS:
		bus_take();
		error = smbus(target[fd], argument);
		bus_release();
		break;
	case I2C_RDWR:
		bus_take();
		error = messages(argument);
		bus_release();
		break;
	case I2C_RETRIES:
	case I2C_TIMEOUT: break;
	default: error = ENOTTY;
	}
	if (error == 0) return request == I2C_RDWR ? (int)((struct i2c_rdwr_ioctl_data *)argument)->nmsgs : 0;
	errno = error;
	return -1;
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list list;
	va_start(list, request);
	void *argument = va_arg(list, void *);
	va_end(list);
	find_real();
	return is_ours(fd) ? device_ioctl(fd, request, argument) : real_ioctl(fd, request, argument);
}

ssize_t read(int fd, void *bytes, size_t length)
{
	find_real();
	return is_ours(fd) ? transfer(fd, bytes, length, READS) : real_read(fd, bytes, length);
}

ssize_t write(int fd, const void *bytes, size_t length)
{
	find_real();
	return is_ours(fd) ? transfer(fd, (void *)bytes, length, WRITES) : real_write(fd, bytes, length);
}

/* Node reads and writes at a position; a character device ignores it. */
ssize_t pread64(int fd, void *bytes, size_t length, off64_t offset)
{
	find_real();
	return is_ours(fd) ? transfer(fd, bytes, length, READS) : real_pread(fd, bytes, length, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset)
{
	find_real();
	return is_ours(fd) ? transfer(fd, (void *)bytes, length, WRITES) : real_pwrite(fd, bytes, length, offset);
}

ssize_t pread(int fd, void *bytes, size_t length, off_t offset) { return pread64(fd, bytes, length, offset); }
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) { return pwrite64(fd, bytes, length, offset); }
