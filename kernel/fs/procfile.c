/* SPDX-License-Identifier: MIT
 * procfile.c - files whose text is made when they are read, and whose lines are commands when written.
 * Not here: their contents; each subsystem registers its files.
 * sys_file.c opens them. Calls show and store.
 * Source: proc(5). Behaves as Linux's seq_file: one text made at the first read, read in pieces of any size. */
#include "kernel/fs/procfile.h"
#include "kernel/fs/task.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"

#define TEXT_SIZE 4096 /* to begin with */

static struct list_head proc_files = LIST_HEAD_INIT(proc_files);

void proc_register(struct proc_file *proc)
{
	proc->ino = new_ino();
	list_add_tail(&proc->list, &proc_files);
}

struct proc_file *proc_find(const char *path)
{
	struct proc_file *proc;

	list_for_each(proc, &proc_files, list)
		if (strcmp(proc->path + (path[0] != '/'), path) == 0)
			return proc;
	return NULL;
}

bool proc_is_folder(const char *path)
{
	size_t len = strlen(path);
	struct proc_file *proc;

	list_for_each(proc, &proc_files, list)
		if (strncmp(proc->path + 1, path, len) == 0 && proc->path[1 + len] == '/')
			return true;
	return false;
}

void seq_printf(struct seq_file *m, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	m->len += text_vformat(m->buf + m->len, m->size - m->len, fmt, args);
	va_end(args);
}

/* An open file: the functions that make its text, and the text while it is being read. */
struct proc_text {
	struct proc_file *proc;
	struct seq_file seq;
};

static struct slab text_slab = SLAB(struct proc_text);

static int more_room(struct seq_file *m)
{
	size_t size = m->size ? 2 * m->size : TEXT_SIZE;
	char *buf = mem_alloc(size);

	if (!buf)
		return -ENOMEM;
	if (m->buf)
		mem_free(m->buf, m->size);
	*m = (struct seq_file){ .buf = buf, .size = size };
	return 0;
}

static int make_text(struct proc_text *t)
{
	struct seq_file *m = &t->seq;
	int err = m->buf ? 0 : more_room(m);

	while (!err) {
		m->len = 0;
		t->proc->show(m, current->nsproxy->net_ns);
		if (m->len + 1 < m->size)
			return 0;
		err = more_room(m); /* it may have been cut */
	}
	return err;
}

static ssize proc_read(struct file *file, void __user *buf, size_t len)
{
	struct proc_text *t = file->private_data;

	if (file->pos == 0 || !t->seq.buf) {
		int err = make_text(t);

		if (err)
			return err;
	}
	file->size = t->seq.len;
	return file_copy_out(file, buf, len, t->seq.buf);
}

static ssize proc_write(struct file *file, const void __user *buf, size_t len)
{
	struct proc_text *t = file->private_data;
	static char lines[PROC_WRITE_MAX]; /* one process, one call at a time */
	struct text rest = { lines, len };

	if (len > sizeof(lines))
		return -EINVAL;
	if (copy_from_user(lines, buf, len) < 0)
		return -EFAULT;
	while (rest.len > 0) {
		struct text line = text_cut(&rest, '\n');
		int err = line.len ? t->proc->store(current->nsproxy->net_ns, line) : 0;

		if (err)
			return line.at > lines ? line.at - lines : err;
	}
	return (ssize)len;
}

static void proc_release(struct file *file)
{
	struct proc_text *t = file->private_data;

	if (t->seq.buf)
		mem_free(t->seq.buf, t->seq.size);
	slab_free(&text_slab, t);
}

static const struct file_operations proc_file_ops = {
	.read = proc_read,
	.write = proc_write,
	.lseek = file_lseek,
	.release = proc_release,
	.mode = S_IFREG | 0644,
};

struct file *proc_open(struct proc_file *proc, u32 flags)
{
	struct proc_text *t;
	struct file *file;

	if (proc->open)
		return proc->open(proc, flags);
	if (proc->ops)
		return file_new(proc->ops, NULL, flags);
	t = slab_alloc(&text_slab);
	file = t ? file_new(&proc_file_ops, t, flags) : NULL;
	if (file)
		t->proc = proc;
	else
		slab_free(&text_slab, t);
	return file;
}
