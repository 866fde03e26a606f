// Uses what a program uses of WASI and says what it saw; the same in probe.c and probe.go.
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::io::{self, BufRead};
use std::time::{SystemTime, UNIX_EPOCH};
use std::{env, fs, process};

fn main() -> io::Result<()> {
    for arg in env::args().skip(1) {
        println!("arg {}", arg);
    }
    println!("env {}", env::var("PROBE").unwrap_or_default());
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    println!("stdin {}", line.trim_end_matches('\n'));
    fs::create_dir("/scratch")?;
    fs::write("/scratch/a.txt", "written")?;
    fs::rename("/scratch/a.txt", "/scratch/b.txt")?;
    println!("size {}", fs::metadata("/scratch/b.txt")?.len());
    if let Ok(given) = fs::read_to_string("/data/given.txt") {
        println!("given {}", given);
    }
    let mut names: Vec<_> = fs::read_dir("/scratch")?.map(|e| e.map(|e| e.file_name())).collect::<Result<_, _>>()?;
    names.sort();
    for name in names {
        println!("entry {}", name.to_string_lossy());
    }
    let missing = matches!(fs::metadata("/nowhere"), Err(e) if e.kind() == io::ErrorKind::NotFound);
    println!("missing {}", missing as u8);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    println!("year {}", (now >= 946_684_800) as u8);
    println!("random {}", (RandomState::new().build_hasher().finish() != 0) as u8);
    fs::create_dir_all("/out")?;
    fs::write("/out/result.txt", "result")?;
    eprintln!("to the log");
    process::exit(3)
}
